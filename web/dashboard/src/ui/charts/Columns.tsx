import { useState } from 'react';
import { type Column, Table } from '../Table.tsx';
import './charts.css';
import { labelled, ticksFor } from './scale.ts';
import { useWidth } from './use-width.ts';

export interface ChartSeries {
  name: string;
  tone: 'accent' | 'good' | 'bad';
}

export interface ChartBucket {
  key: string;
  /** Below the axis. */
  short: string;
  /** In the table and while pointed at. */
  label: string;
  /** One for each series, stacked in their order. */
  values: number[];
}

export interface ColumnsProps {
  /** What it shows, in a sentence: for those who do not see it. */
  summary: string;
  series: readonly ChartSeries[];
  buckets: readonly ChartBucket[];
  format(value: number): string;
  /** For the axis. */
  formatShort(value: number): string;
  testId?: string;
}

const HEIGHT = 176;
const TOP = 8;
const BOTTOM = 24;
const LEFT = 52;
const LABEL_WIDTH = 64;
const MAX_COLUMN = 28;
const GAP = 0.28;

/** Stacked columns over time, what is pointed at in words, and the same numbers as a table. */
export function Columns({ summary, series, buckets, format, formatShort, testId }: ColumnsProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const [pointed, setPointed] = useState<number | null>(null);
  const shown = pointed === null ? undefined : buckets[pointed];
  return (
    <figure className="chart" data-test-id={testId}>
      <figcaption>
        {series.map(({ name, tone }, index) => (
          <span key={name} className={`legend ${tone}`}>
            {name}
            {shown && <strong>{format(shown.values[index] ?? 0)}</strong>}
          </span>
        ))}
        {shown && <span className="pointed">{shown.label}</span>}
      </figcaption>
      <div ref={frame} className="plot">
        <Plot {...{ summary, series, buckets, formatShort, width, pointed }} onPoint={setPointed} />
      </div>
      <details>
        <summary>Show as a table</summary>
        <div className="chart-table">
          <Table caption={summary} columns={tableColumns(series, format)} rows={buckets} rowKey={({ key }) => key} />
        </div>
      </details>
    </figure>
  );
}

function tableColumns(series: readonly ChartSeries[], format: (value: number) => string): Column<ChartBucket>[] {
  const values = series.map(
    ({ name }, index): Column<ChartBucket> => ({
      head: name,
      align: 'end',
      cell: (bucket) => format(bucket.values[index] ?? 0),
    }),
  );
  return [{ head: 'Time', isMain: true, cell: ({ label }) => label }, ...values];
}

interface PlotProps extends Pick<ColumnsProps, 'summary' | 'series' | 'buckets' | 'formatShort'> {
  width: number;
  pointed: number | null;
  onPoint(index: number | null): void;
}

function Plot({ summary, series, buckets, formatShort, width, pointed, onPoint }: PlotProps) {
  const ticks = ticksFor(Math.max(0, ...buckets.map(({ values }) => values.reduce((sum, value) => sum + value, 0))));
  const isNew = (tick: number, at: number) => at === 0 || formatShort(tick) !== formatShort(ticks[at - 1] ?? 0);
  const top = ticks.at(-1) ?? 1;
  const base = HEIGHT - BOTTOM;
  const y = (value: number) => base - (value / top) * (base - TOP);
  const step = Math.max(0, width - LEFT) / Math.max(1, buckets.length);
  const column = Math.min(MAX_COLUMN, step * (1 - GAP));
  const isLabelled = labelled(buckets.length, (width - LEFT) / LABEL_WIDTH);
  return (
    <svg
      role="img"
      aria-label={summary}
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      onPointerLeave={() => onPoint(null)}
    >
      {ticks.filter(isNew).map((tick) => (
        <g key={tick} className="tick">
          <line x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
          <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
            {formatShort(tick)}
          </text>
        </g>
      ))}
      {buckets.map(({ key, short, values }, index) => {
        const centre = LEFT + step * (index + 0.5);
        return (
          <g
            key={key}
            className={index === pointed ? 'bucket pointed' : 'bucket'}
            onPointerEnter={() => onPoint(index)}
          >
            <rect className="ground" x={LEFT + step * index} y={TOP} width={step} height={base - TOP} />
            {stack(values).map(({ from, to }, part) => (
              <rect
                key={series[part]?.name}
                className={series[part]?.tone}
                x={centre - column / 2}
                y={y(to)}
                width={column}
                height={Math.max(0, y(from) - y(to))}
              />
            ))}
            {isLabelled(index) && (
              <text x={Math.min(centre, width - 20)} y={HEIGHT - 6} textAnchor="middle">
                {short}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

function stack(values: number[]): { from: number; to: number }[] {
  let sum = 0;
  return values.map((value) => {
    const from = sum;
    sum += value;
    return { from, to: sum };
  });
}
