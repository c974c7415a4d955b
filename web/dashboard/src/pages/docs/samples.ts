/** The samples, which are files of their own: tests run them. */
import checkout from '../../../samples/checkout.html?raw';
import orderNode from '../../../samples/create-order.mjs?raw';
import orderPython from '../../../samples/create-order.py?raw';
import orderCurl from '../../../samples/create-order.sh?raw';
import verifyGo from '../../../samples/verify.go?raw';
import verifyNode from '../../../samples/verify.mjs?raw';
import verifyPhp from '../../../samples/verify.php?raw';
import verifyPython from '../../../samples/verify.py?raw';
import verifyCheckout from '../../../samples/verify-checkout.mjs?raw';

export interface Sample {
  id: string;
  label: string;
  code: string;
}

/** What the files have in the place of the reader's own. */
const WRITTEN = { api: 'http://localhost:8000', checkout: 'http://localhost:3001', key: 'key_test_abc123' };

export type Own = typeof WRITTEN;

export const CREATE_ORDER: Sample[] = [
  { id: 'curl', label: 'curl', code: orderCurl },
  { id: 'node', label: 'Node', code: orderNode },
  { id: 'python', label: 'Python', code: orderPython },
];
export const CHECKOUT: Sample = { id: 'html', label: 'Your page', code: checkout };
export const VERIFY_CHECKOUT: Sample = { id: 'node', label: 'Your server, in Node', code: verifyCheckout };
export const VERIFY_WEBHOOK: Sample[] = [
  { id: 'node', label: 'Node', code: verifyNode },
  { id: 'python', label: 'Python', code: verifyPython },
  { id: 'go', label: 'Go', code: verifyGo },
  { id: 'php', label: 'PHP', code: verifyPhp },
];

/** The addresses that the server wrote into the page; without it, the API behind this page's own origin. */
export function ownOf(key: string, page: Document = document): Own {
  const meta = (name: string) => page.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;
  return { api: meta('api-base') || location.origin, checkout: meta('checkout-base') || WRITTEN.checkout, key };
}

/** The sample with the reader's own publishable key and addresses; secrets are never in it. */
export function personal(code: string, own: Own): string {
  return code
    .replaceAll(WRITTEN.api, () => own.api)
    .replaceAll(WRITTEN.checkout, () => own.checkout)
    .replaceAll(WRITTEN.key, () => own.key);
}
