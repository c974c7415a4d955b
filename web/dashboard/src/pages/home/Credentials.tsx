import { useState } from 'react';
import { Link } from 'react-router';
import { useKeys } from '../../api/keys.ts';
import { useMerchant } from '../../api/session.ts';
import { PATHS } from '../../app/paths.ts';
import { StatusBadge } from '../../ui/Badge.tsx';
import { Button, LinkButton } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Copy } from '../../ui/Copy.tsx';
import { Facts, Id } from '../../ui/Facts.tsx';
import { RollKeyDialog } from '../../ui/RollKeyDialog.tsx';

const MASK = '••••••••••••••••';

/** The primary key. Its secret is nowhere to be read: only its hash is kept. */
export function Credentials() {
  const { merchant } = useMerchant();
  const { data: keys } = useKeys();
  const status = keys?.find(({ key }) => key === merchant.api_key)?.status ?? 'active';
  const [rolled, setRolled] = useState<string | null>(null);
  return (
    <Card
      title="API credentials"
      testId="api-credentials"
      actions={
        status === 'active' ? (
          <Button isSmall icon="refresh" onClick={() => setRolled(merchant.api_key)} testId="roll-key-button">
            Roll key
          </Button>
        ) : (
          <LinkButton isSmall icon="plus" to={PATHS.keys}>
            Create a key
          </LinkButton>
        )
      }
    >
      <Facts
        facts={[
          {
            label: 'API key',
            value: (
              <>
                <span className="id" data-test-id="api-key">
                  {merchant.api_key}
                </span>{' '}
                <Copy text={merchant.api_key} what="API key" />
                {status !== 'active' && <StatusBadge status={status} />}
              </>
            ),
          },
          { label: 'API secret', value: <Id>{MASK}</Id>, testId: 'api-secret' },
        ]}
      />
      <p className="soft credentials-note">
        The secret was shown when the key was made; only a hash of it is kept. Lost it? Roll the key, or make another on{' '}
        <Link to={PATHS.keys}>API keys</Link>.
      </p>
      <RollKeyDialog apiKey={rolled} onClose={() => setRolled(null)} />
    </Card>
  );
}
