import css from './modal.css?inline';
import type { PaymentGatewayOptions } from './options.ts';

export const MODAL_ID = 'payment-gateway-modal';

const WORDS = {
  en: ['Payment', 'Close payment'],
  hi: ['भुगतान', 'भुगतान बंद करें'],
} as const;

export interface Modal {
  frame: HTMLIFrameElement;
  /** Take the cover off and put the keyboard's focus into the checkout. */
  show(): void;
  /** Remove it; the focus goes back to where it was. */
  remove(): void;
}

function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string>,
  ...children: Node[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const name in attributes) made.setAttribute(name, attributes[name] as string);
  made.append(...children);
  return made;
}

/** Build the contract's DOM inside a top-layer dialog and open it. `onDismiss`: Escape or the button; `onLost`: the page took it away. */
export function openModal(
  options: PaymentGatewayOptions,
  src: string,
  onDismiss: () => void,
  onLost: () => void,
): Modal {
  // A page that is not typed may say `hi-IN`, or a language that there is not.
  const [label, close] = WORDS[options.locale?.startsWith('hi') ? 'hi' : 'en'];
  const frame = element('iframe', {
    'data-test-id': 'payment-iframe',
    title: label,
    src,
    sandbox: 'allow-scripts allow-same-origin allow-forms',
    allow: 'payment',
    // Its server tells a site that is not allowed why nothing opens.
    referrerpolicy: 'strict-origin',
  });
  const button = element('button', {
    'data-test-id': 'close-modal-button',
    class: 'close-button',
    type: 'button',
    'aria-label': close,
  });
  button.textContent = '×';
  button.onclick = onDismiss;
  const content = element('div', { class: 'modal-content' }, frame, button);
  const overlay = element('div', { class: 'modal-overlay' }, content);
  const root = element('div', { id: MODAL_ID, 'data-test-id': 'payment-modal' }, overlay);
  const dialog = element('dialog', { 'aria-label': label }, root);
  const { theme } = options;
  dialog.style.colorScheme = theme && theme !== 'auto' ? theme : 'light dark';
  const previous = document.activeElement as HTMLElement | null;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  document.body.append(dialog);
  dialog.showModal();
  dialog.oncancel = (event) => {
    event.preventDefault();
    onDismiss();
  };
  // A browser lets `cancel` be prevented once only; a second Escape closes the dialog all the same.
  dialog.onclose = () => {
    dialog.showModal();
    onDismiss();
  };
  // A single-page shop may replace what the modal stands in.
  const observer = new MutationObserver(() => frame.isConnected || onLost());
  observer.observe(document, { childList: true, subtree: true });
  return {
    frame,
    show() {
      root.className = 'ready';
      frame.focus();
    },
    remove() {
      observer.disconnect();
      dialog.remove();
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
      previous?.focus();
    },
  };
}
