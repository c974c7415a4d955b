import { useEffect } from 'react';
import { useLocation } from 'react-router';
import { useMerchant } from '../../api/session.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import './docs.css';
import { Integrate } from './Integrate.tsx';
import { Reference } from './Reference.tsx';
import { ownOf } from './samples.ts';

const CHAPTERS = [
  ['create-order', 'Create an order'],
  ['sdk', 'Take the payment'],
  ['webhooks', 'Verify webhooks'],
  ['events', 'Events and retries'],
  ['idempotency', 'Idempotency'],
  ['errors', 'Errors'],
  ['test-values', 'Test cards and VPAs'],
] as const;

/** How to integrate, with the merchant's own key and addresses in every sample. */
export default function Docs() {
  const { merchant, environment } = useMerchant();
  const own = ownOf(merchant.api_key);
  useChapter();
  return (
    <div data-test-id="api-docs">
      <PageHeader title="Docs">
        <p className="soft">
          The samples hold your key and addresses. The whole API is described at{' '}
          <a href={`${own.api}/docs`} target="_blank" rel="noreferrer">
            {own.api}/docs
          </a>
          .
        </p>
      </PageHeader>
      <div className="docs">
        <nav className="docs-chapters" aria-label="Chapters">
          {CHAPTERS.map(([id, title]) => (
            <a key={id} href={`#${id}`}>
              {title}
            </a>
          ))}
        </nav>
        <div className="stack">
          <Integrate own={own} />
          <Reference own={own} isLocal={environment === 'local'} />
        </div>
      </div>
    </div>
  );
}

/** A link from another page leads to its chapter, once that is there. */
function useChapter(): void {
  const { hash } = useLocation();
  useEffect(() => {
    const frame = requestAnimationFrame(() => document.getElementById(hash.slice(1))?.scrollIntoView());
    return () => cancelAnimationFrame(frame);
  }, [hash]);
}
