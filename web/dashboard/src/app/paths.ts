/** The dashboard's addresses. The server answers the page for these and for nothing else. */
export const PATHS = {
  login: '/login',
  home: '/dashboard',
  transactions: '/dashboard/transactions',
  webhooks: '/dashboard/webhooks',
  keys: '/dashboard/keys',
  settings: '/dashboard/settings',
  docs: '/dashboard/docs',
} as const;

export function paymentPath(id: string): string {
  return `${PATHS.transactions}/${encodeURIComponent(id)}`;
}

export function deliveryPath(id: string): string {
  return `${PATHS.webhooks}/${encodeURIComponent(id)}`;
}

/** Where to go after signing in: a page of the dashboard, never another site. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '';
  return /^\/dashboard(?:[/?]|$)/.test(next) ? next : PATHS.home;
}
