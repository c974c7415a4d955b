import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import { Bar } from './Skeleton.tsx';

export interface Column<Row> {
  /** Its heading, and the label beside its value where the table is a list of cards. */
  head: string;
  cell(row: Row): ReactNode;
  /** `data-test-id` of its cells. */
  testId?: string;
  align?: 'end';
  /** The card's title: no label stands beside it. */
  isMain?: boolean;
  /** Where not all columns fit, it goes first, or second. */
  drop?: 'first' | 'second';
  /** The heading is for screen readers only: for a column of buttons. */
  isHeadHidden?: boolean;
}

export interface TableProps<Row> {
  /** For screen readers. */
  caption: string;
  columns: readonly Column<Row>[];
  /** Undefined while the first rows are awaited: skeletons stand in for them. */
  rows: readonly Row[] | undefined;
  rowKey(row: Row): string;
  /** Attributes of a row's element: test ids and `data-…`. */
  rowProps?(row: Row): Record<`data-${string}`, string | undefined>;
  testId?: string;
  /** The rows are those of the filters before: they are shown faded. */
  isStale?: boolean;
  /** How many skeletons: as many as rows are likely. */
  skeletons?: number;
}

const SKELETONS = 6;

/**
 * A table; below 720 px each row is a card. A `<Link className="row-link">` in a cell makes its whole row clickable.
 *
 * Roles are spelled out because `display: block` takes a table's own away.
 */
export function Table<Row>({
  caption,
  columns,
  rows,
  rowKey,
  rowProps,
  testId,
  isStale,
  skeletons = SKELETONS,
}: TableProps<Row>) {
  return (
    <div className="table-frame">
      {/* biome-ignore-start lint/a11y/noRedundantRoles: display: block takes them away */}
      <table role="table" className={classes('table', isStale && 'stale')} data-test-id={testId} aria-busy={!rows}>
        <caption className="unseen">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ head, align, drop, isHeadHidden }) => (
              <th key={head} role="columnheader" scope="col" className={classes(align, drop && `drop-${drop}`)}>
                {isHeadHidden ? <span className="unseen">{head}</span> : head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows
            ? rows.map((row) => (
                <tr key={rowKey(row)} role="row" {...rowProps?.(row)}>
                  {columns.map((column) => (
                    <Cell key={column.head} column={column} testId={column.testId}>
                      {column.cell(row)}
                    </Cell>
                  ))}
                </tr>
              ))
            : Array.from({ length: skeletons }, (_, row) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: skeletons have nothing else to tell them apart
                <tr key={row} role="row">
                  {columns.map((column) => (
                    <Cell key={column.head} column={column} testId={undefined}>
                      <Bar />
                    </Cell>
                  ))}
                </tr>
              ))}
        </tbody>
      </table>
      {/* biome-ignore-end lint/a11y/noRedundantRoles: display: block takes them away */}
    </div>
  );
}

interface CellProps {
  column: Pick<Column<never>, 'head' | 'align' | 'drop' | 'isMain' | 'isHeadHidden'>;
  testId: string | undefined;
  children: ReactNode;
}

function Cell({ column: { head, align, drop, isMain, isHeadHidden }, testId, children }: CellProps) {
  const look = classes(align, drop && `drop-${drop}`, isMain && 'main');
  const label = isMain || isHeadHidden ? undefined : head;
  return (
    // biome-ignore lint/a11y/noRedundantRoles: display: block takes it away
    <td role="cell" className={look} data-label={label} data-test-id={testId}>
      {children}
    </td>
  );
}
