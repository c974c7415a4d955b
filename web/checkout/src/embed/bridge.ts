/** The checkout's end of the protocol with the page that frames it (`sdk/src/protocol.ts`). */
import type { FromPage, Init, Prefill, Report } from '../../../../sdk/src/protocol.ts';

export interface Bridge {
  /** Kept until the page has answered, then sent to its origin and to nobody else. */
  report(report: Report): void;
}

export interface Embedding {
  onInit(prefill: Prefill, key: string): void;
  onCloseRequest(): void;
}

// The flow makes a handful of reports before the page answers; a page that never does gets none.
const MAX_WAITING = 20;

/** Say hello to the parent and listen for its answer. Only the first `init` counts, so a nonce cannot be replaced. */
export function openBridge(frame: Window, embedding: Embedding): Bridge {
  const { parent } = frame;
  const ancestor = frame.location.ancestorOrigins?.[0];
  const waiting: Report[] = [];
  let page: { origin: string; nonce: string } | null = null;
  const post = (report: Report) => page && parent.postMessage({ ...report, nonce: page.nonce }, page.origin);

  const begin = (origin: string, { nonce, prefill, key }: Init) => {
    page = { origin, nonce };
    // A refusal comes first, so that the page does not take the checkout for usable.
    for (const report of waiting.splice(0)) post(report);
    post({ type: 'ready' });
    embedding.onInit(prefill ?? {}, key ?? '');
  };
  frame.addEventListener('message', ({ data, origin, source }: MessageEvent<FromPage | null>) => {
    if (source !== parent || !data || (ancestor && origin !== ancestor)) return;
    if (page && origin === page.origin && data.type === 'close_request' && data.nonce === page.nonce) {
      embedding.onCloseRequest();
    } else if (!page && data.type === 'init' && typeof data.nonce === 'string') {
      begin(origin, data);
    }
  });
  parent.postMessage({ type: 'hello' }, '*');
  return {
    report: (report) => {
      if (page) post(report);
      else if (waiting.length < MAX_WAITING) waiting.push(report);
    },
  };
}
