import { faultOf } from '../../api/errors.ts';
import { ALL_EVENTS, DELIVERY_STATUSES } from '../../api/webhooks.ts';
import { DraftField } from '../../ui/DraftField.tsx';
import { Select } from '../../ui/Field.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import type { UrlState } from '../../ui/use-url-state.ts';

export const FILTER_NAMES = ['status', 'event', 'q'] as const;

function optionsOf(names: readonly string[], chosen: string) {
  const all = chosen === '' || names.includes(chosen) ? names : [...names, chosen]; // an address may have several
  return [{ value: '', label: 'All' }, ...all.map((name) => ({ value: name, label: name }))];
}

/** The filters above the log; they are the page's address. */
export function Filters({ state, error }: { state: UrlState<(typeof FILTER_NAMES)[number]>; error: unknown }) {
  const { values, set, clear, isSet } = state;
  return (
    <FilterBar onClear={isSet ? clear : undefined}>
      <DraftField
        label="Id begins with"
        className="subject-filter"
        placeholder="pay_…, rfnd_… or test_…"
        autoComplete="off"
        spellCheck={false}
        maxLength={80}
        value={values.q}
        onCommit={(q, isReplacing) => set({ q }, isReplacing)}
        fault={faultOf(error, 'q')}
        testId="subject-filter"
      />
      <Select
        label="Status"
        options={optionsOf(DELIVERY_STATUSES, values.status)}
        value={values.status}
        onChange={(status) => set({ status })}
        fault={faultOf(error, 'status')}
        testId="status-filter"
      />
      <Select
        label="Event"
        options={optionsOf(ALL_EVENTS, values.event)}
        value={values.event}
        onChange={(event) => set({ event })}
        fault={faultOf(error, 'event')}
        testId="event-filter"
      />
    </FilterBar>
  );
}
