import type { FromCheckout, FromPage, Prefill, Report } from './protocol.ts';

const NONCE_WORDS = 4;

function newNonce(): string {
  return crypto.getRandomValues(new Uint32Array(NONCE_WORDS)).join('-');
}

export interface Channel {
  askToClose(): void;
  stop(): void;
}

/** The page's end of the protocol: hands `report` what the checkout in `frame` says, and nobody else. */
export function openChannel(
  frame: HTMLIFrameElement,
  origin: string,
  key: string,
  prefill: Prefill,
  report: (report: Report) => void,
): Channel {
  let nonce: string | undefined;
  const post = (message: FromPage) => frame.contentWindow?.postMessage(message, origin);
  const receive = ({ data, origin: from, source }: MessageEvent<FromCheckout | null>) => {
    if (from !== origin || source !== frame.contentWindow || !data) return;
    if (data.type === 'hello') {
      nonce = newNonce();
      // A copy: a framework's proxy cannot be posted.
      post({ type: 'init', nonce, key, prefill: { ...prefill } });
    } else if (nonce && data.nonce === nonce) {
      report(data);
    }
  };
  addEventListener('message', receive);
  return {
    askToClose: () => post({ type: 'close_request', nonce: nonce as string }),
    stop: () => removeEventListener('message', receive),
  };
}
