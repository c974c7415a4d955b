/** Where a list's page begins, in the address; the pages before it are known to this entry of the history only. */
import { useLocation, useSearchParams } from 'react-router';

interface Cursor {
  /** '' on the first page. */
  cursor: string;
  /** From 1; null where a link led into the middle of the list. */
  pageNumber: number | null;
  toNext(cursor: string): void;
  /** To the first page where the one before is not known. */
  toPrevious(): void;
}

export function useCursor(): Cursor {
  const [params, setParams] = useSearchParams();
  const { state } = useLocation() as { state: { trail?: string[] } | null };
  const cursor = params.get('cursor') ?? '';
  const trail = cursor ? state?.trail : [];
  const go = (to: string, before: string[] | undefined) => {
    const next = new URLSearchParams(params);
    if (to) next.set('cursor', to);
    else next.delete('cursor');
    setParams(next, { state: { trail: before } });
    scrollTo(0, 0);
  };
  return {
    cursor,
    pageNumber: trail ? trail.length + 1 : null,
    toNext: (next) => go(next, trail && [...trail, cursor]),
    toPrevious: () => go(trail?.at(-1) ?? '', trail?.slice(0, -1)),
  };
}
