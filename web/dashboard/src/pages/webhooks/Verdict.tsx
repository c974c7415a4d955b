import { Link } from 'react-router';
import { PATHS } from '../../app/paths.ts';
import { Badge } from '../../ui/Badge.tsx';
import { ADVICE, type Advice, MATCHES, SCHEME_NAMES } from './signature/advice.ts';
import type { Difference } from './signature/bodies.ts';
import type { Diagnosis } from './signature/diagnose.ts';

const WITHOUT_RAW_BYTES = /^body-/;

/** What was found about each signature; undefined before anything was checked. */
export function Verdict({ found }: { found: Diagnosis[] | undefined }) {
  if (!found)
    return (
      <div className="soft stack">
        <p>Fill in the three fields to see which of these it is:</p>
        <ul className="cause-list">
          <li>the body was written again by a JSON parser, or has a line break more</li>
          <li>the secret is another one, or is not used as it stands</li>
          <li>the header has a prefix, is in upper case, or in base64</li>
          <li>the body was altered on its way</li>
        </ul>
      </div>
    );
  if (found.length === 0) return <p>No signature was found in the headers. Paste X-Webhook-Signature.</p>;
  return (
    <div className="stack">
      {found.map((diagnosis, at) => (
        <Scheme key={diagnosis.scheme} diagnosis={diagnosis} before={found[at - 1]} />
      ))}
    </div>
  );
}

/** What was said of the one before is not said again. */
function Scheme({ diagnosis, before }: { diagnosis: Diagnosis; before: Diagnosis | undefined }) {
  const { scheme, causes, difference } = diagnosis;
  const isRight = causes.length === 0;
  const isSame = !isRight && before?.causes.join() === causes.join();
  const advice: Advice[] = isRight ? [MATCHES[scheme]] : causes.map((cause) => ADVICE[cause]);
  return (
    <section className="verdict" data-test-id={`verdict-${scheme}`} data-causes={causes.join(' ')}>
      <p className="verdict-head">
        <span className="mono">{SCHEME_NAMES[scheme]}</span>
        <Badge tone={isRight ? 'good' : 'bad'}>{isRight ? 'matches' : 'does not match'}</Badge>
      </p>
      {isSame ? <p className="soft">For the same reason.</p> : <Reasons advice={advice} difference={difference} />}
      {!isSame && causes.some((cause) => WITHOUT_RAW_BYTES.test(cause)) && (
        <p>
          <Link to={`${PATHS.docs}#webhooks`}>Receivers that verify the raw bytes</Link>, in Node, Python, Go and PHP.
        </p>
      )}
    </section>
  );
}

function Reasons({ advice, difference }: { advice: Advice[]; difference: Difference | undefined }) {
  return (
    <>
      {advice.map(({ title, text }) => (
        <div key={title}>
          <h3>{title}</h3>
          <p className="soft">{text}</p>
        </div>
      ))}
      {difference && <Differing difference={difference} />}
    </>
  );
}

function Differing({ difference: { at, sent, pasted } }: { difference: Difference }) {
  return (
    <dl className="difference">
      <dt>Sent, around character {at + 1}</dt>
      <dd className="mono">{sent}</dd>
      <dt>Yours</dt>
      <dd className="mono">{pasted}</dd>
    </dl>
  );
}
