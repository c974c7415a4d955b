import type { ReactNode } from 'react';

export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'plain';

/** A word or two on a ground of their tone. */
export function Badge({ tone = 'plain', children, testId }: { tone?: Tone; children: ReactNode; testId?: string }) {
  return (
    <span className={`badge ${tone}`} data-test-id={testId}>
      {children}
    </span>
  );
}

const TONES: Record<string, Tone> = {
  success: 'good',
  processed: 'good',
  delivered: 'good',
  active: 'good',
  running: 'good',
  paid: 'good',
  captured: 'good',
  failed: 'bad',
  stopped: 'bad',
  pending: 'info',
  processing: 'info',
  created: 'info',
  expiring: 'warn',
};

/** The status of anything as the API names it; the text is exactly that name. */
export function StatusBadge({ status, testId }: { status: string; testId?: string }) {
  return (
    <Badge tone={TONES[status] ?? 'plain'} {...(testId ? { testId } : {})}>
      {status}
    </Badge>
  );
}
