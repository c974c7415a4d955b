import { useId } from 'react';
import { messageOf } from '../api/errors.ts';
import { useMerchant, useSignOut } from '../api/session.ts';
import { Button } from '../ui/Button.tsx';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { useToast } from '../ui/Toast.tsx';
import { THEMES, type Theme, useTheme } from './theme.ts';

const THEME_WORDS: Record<Theme, { label: string; icon: IconName }> = {
  system: { label: 'System', icon: 'display' },
  light: { label: 'Light', icon: 'sun' },
  dark: { label: 'Dark', icon: 'moon' },
};

/** The merchant's menu: a native popover with the theme, the help and the way out. */
export function Account({ onHelp }: { onHelp(): void }) {
  const { merchant, environment } = useMerchant();
  const menu = useId();
  const signOut = useSignOut();
  const toast = useToast();
  return (
    <>
      <button type="button" className="account" popoverTarget={menu} data-test-id="account-button">
        <span className="monogram" aria-hidden="true">
          {[...merchant.name][0]}
        </span>
        <span className="account-name">{merchant.name}</span>
      </button>
      <div id={menu} className="menu" popover="auto">
        <p className="menu-who">
          <strong>{merchant.name}</strong>
          <span>{merchant.email}</span>
          {environment === 'local' && <span>Local evaluation</span>}
        </p>
        <ThemeChoice />
        <Button variant="quiet" icon="help" popoverTarget={menu} popoverTargetAction="hide" onClick={onHelp}>
          Keyboard shortcuts
        </Button>
        <Button
          variant="quiet"
          icon="leave"
          isBusy={signOut.isPending}
          onClick={() => signOut.mutate(undefined, { onError: (error) => toast(messageOf(error), 'bad') })}
          testId="sign-out-button"
        >
          Sign out
        </Button>
      </div>
    </>
  );
}

function ThemeChoice() {
  const [theme, choose] = useTheme();
  return (
    <fieldset className="segments">
      <legend className="unseen">Theme</legend>
      {THEMES.map((each) => (
        <label key={each}>
          <input type="radio" name="theme" checked={each === theme} onChange={() => choose(each)} />
          <Icon name={THEME_WORDS[each].icon} />
          <span>{THEME_WORDS[each].label}</span>
        </label>
      ))}
    </fieldset>
  );
}
