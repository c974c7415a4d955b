const PATHS = {
  brand:
    'M3 6a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2v2.3a1.9 1.9 0 0 0 0 3.4V14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-2.3a1.9 1.9 0 0 0 0-3.4zM7 10.2l2.2 2.2 4-4.6',
  home: 'M3.5 9.5 10 4l6.5 5.5M5.5 8v8h9V8M8.5 16v-4h3v4',
  list: 'M3.5 5.5h13M3.5 10h13M3.5 14.5h13',
  webhook: 'M10 10 7.5 5.5a2.5 2.5 0 1 1 4.5-2M10 10h5a2.5 2.5 0 1 1-2 4M10 10l-2.5 4.5a2.5 2.5 0 1 1-3.5-3',
  key: 'M12.5 3.5a4 4 0 1 1-3.6 5.8L3.5 14.7v2h3v-2h2v-2l1.7-1.7M13.5 6.5v.1',
  book: 'M4 4.5A1.5 1.5 0 0 1 5.5 3H16v12H5.5A1.5 1.5 0 0 0 4 16.5zm0 12A1.5 1.5 0 0 0 5.5 17H16v-2M7.5 6.5h5',
  settings: 'M3 6h8m4 0h2M3 14h2m4 0h8M13 4a2 2 0 1 1 0 4 2 2 0 0 1 0-4M7 12a2 2 0 1 1 0 4 2 2 0 0 1 0-4',
  search: 'M9 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11M13 13l3.5 3.5',
  sun: 'M10 7a3 3 0 1 1 0 6 3 3 0 0 1 0-6M10 2.5v1.5M10 16v1.5M2.5 10H4M16 10h1.5M4.7 4.7l1 1M14.3 14.3l1 1M15.3 4.7l-1 1M5.7 14.3l-1 1',
  moon: 'M16 11.5A6.5 6.5 0 0 1 8.5 4a6.5 6.5 0 1 0 7.5 7.5',
  display: 'M3 4.5h14v9H3zM7 16.5h6M10 13.5v3',
  help: 'M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15M8 8a2 2 0 1 1 2.7 1.9c-.5.2-.7.5-.7 1.1v.5M10 14v.1',
  leave: 'M8 3.5H4.5v13H8M12 6.5l3.5 3.5-3.5 3.5M15 10H8',
  copy: 'M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4',
  check: 'M4.5 10.5l4 4 7.5-9',
  cross: 'M5.5 5.5l9 9m0-9l-9 9',
  alert: 'M10 3 2.5 16h15zM10 8v3.5m0 2.5v.1',
  left: 'M12 4.5 6.5 10l5.5 5.5',
  right: 'M8 4.5 13.5 10 8 15.5',
  down: 'M4.5 8l5.5 5.5L15.5 8',
  refresh: 'M16 10a6 6 0 1 1-1.8-4.3L16 7.5M16 3.5v4h-4',
  download: 'M10 3.5v9M6 9l4 4 4-4M3.5 16.5h13',
  plus: 'M10 4v12M4 10h12',
  filter: 'M3 4.5h14l-5.5 6.5v5l-3-1.5V11z',
  eye: 'M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5M10 8a2 2 0 1 1 0 4 2 2 0 0 1 0-4',
  send: 'M17 3 2.5 8.5l6 3 3 6zM8.5 11.5 17 3',
  clock: 'M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15M10 6v4.5l3 1.5',
  refund: 'M7 4.5 3.5 8 7 11.5M3.5 8H12a4 4 0 0 1 0 8H8',
} as const;

export type IconName = keyof typeof PATHS;

/** 20 × 20, drawn in the colour of the text beside it, silent to screen readers. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
