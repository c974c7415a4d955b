import { Copy } from './Copy.tsx';
import { Icon } from './Icon.tsx';

/** A secret that is shown this once. */
export function SecretOnce({ label, secret, testId }: { label: string; secret: string; testId?: string }) {
  return (
    <div className="secret-once">
      <p>
        <Icon name="alert" /> Copy it now: it is not shown again.
      </p>
      <div>
        <span className="soft">{label}</span>
        <code data-test-id={testId}>{secret}</code>
        <Copy text={secret} what={label} isLabelled />
      </div>
    </div>
  );
}
