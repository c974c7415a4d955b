const MAX_LINES = 30;

/** Bars where text will stand. */
export function Skeleton({ lines = 1 }: { lines?: number }) {
  return (
    <div className="skeletons" aria-busy="true" aria-label="Loading" role="status">
      {Array.from({ length: Math.min(lines, MAX_LINES) }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars have nothing else to tell them apart
        <span key={line} className="skeleton" />
      ))}
    </div>
  );
}

/** One bar inside a line of text. */
export function Bar() {
  return <span className="skeleton" aria-hidden="true" />;
}
