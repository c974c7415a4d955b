import type { TargetedKeyboardEvent } from 'preact';
import type { Method } from '../domain/draft.ts';
import { Icon } from './icons.tsx';
import type { Words } from './words.ts';

interface MethodsProps {
  words: Words;
  offered: readonly Method[];
  chosen: Method;
  onChoose(method: Method): void;
}

/** Tabs (ARIA Authoring Practices): one tab stop, arrows choose. */
export function Methods({ words: { t }, offered, chosen, onChoose }: MethodsProps) {
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>) => {
    if (!/^Arrow(Left|Right)$/.test(event.key)) return;
    event.preventDefault();
    // With two of them, either arrow leads to the other one.
    const other = offered.find((method) => method !== chosen) ?? chosen;
    onChoose(other);
    event.currentTarget.querySelector<HTMLElement>(`[data-method=${other}]`)?.focus();
  };
  return (
    <div class="methods" role="tablist" aria-label={t('methods')} data-test-id="payment-methods" onKeyDown={onKeyDown}>
      {offered.map((method) => (
        <button
          key={method}
          type="button"
          role="tab"
          id={`method-${method}`}
          data-test-id={`method-${method}`}
          data-method={method}
          aria-selected={method === chosen}
          aria-controls="method-panel"
          tabIndex={method === chosen ? 0 : -1}
          onClick={() => onChoose(method)}
        >
          <Icon name={method} />
          {t(method)}
        </button>
      ))}
    </div>
  );
}
