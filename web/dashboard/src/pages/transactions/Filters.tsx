import { faultOf } from '../../api/errors.ts';
import { DraftField } from '../../ui/DraftField.tsx';
import { Select } from '../../ui/Field.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import type { UrlState } from '../../ui/use-url-state.ts';
import { type FilterName, formatAmount, parseAmount, parseDate } from './filters.ts';

const STATUSES = [
  { value: '', label: 'All' },
  { value: 'pending', label: 'Pending' },
  { value: 'processing', label: 'Processing' },
  { value: 'success', label: 'Success' },
  { value: 'failed', label: 'Failed' },
];
const METHODS = [
  { value: '', label: 'All' },
  { value: 'upi', label: 'UPI' },
  { value: 'card', label: 'Card' },
];
/** Among the statuses, though it is a filter of its own: payments and refunds without a known outcome. */
const REVIEW = { value: 'review', label: 'Needs review' };
const AMOUNT_COMPLAINT = 'Such as 499.00';

/** A value that only an address can have ("pending,processing") is a choice as well. */
function withValue(options: typeof STATUSES, value: string) {
  return options.some((option) => option.value === value) ? options : [...options, { value, label: value }];
}

/** The filters above the list; each says what the API does not take of it. */
export function Filters({ state, error }: { state: UrlState<FilterName>; error: unknown }) {
  const { values, set, clear, isSet } = state;
  const commit = (name: FilterName) => (value: string, isReplacing?: boolean) => set({ [name]: value }, isReplacing);
  const amount = {
    format: formatAmount,
    parse: parseAmount,
    complaint: AMOUNT_COMPLAINT,
    inputMode: 'decimal',
  } as const;
  return (
    <FilterBar onClear={isSet ? clear : undefined}>
      <DraftField
        label="Search"
        className="filter-id"
        placeholder="Id, receipt, VPA, amount"
        title="The beginning of a payment's, order's or refund's id; a whole receipt, VPA or amount; a card's last four digits"
        autoComplete="off"
        spellCheck={false}
        maxLength={255}
        value={values.q}
        onCommit={commit('q')}
        testId="id-filter"
      />
      <Select
        label="Status"
        options={withValue([...STATUSES, REVIEW], values.status)}
        value={values.requires_review === 'true' ? REVIEW.value : values.status}
        onChange={(status) =>
          set(status === REVIEW.value ? { status: '', requires_review: 'true' } : { status, requires_review: '' })
        }
        fault={faultOf(error, 'status') ?? faultOf(error, 'requires_review')}
        testId="status-filter"
      />
      <Select
        label="Method"
        options={withValue(METHODS, values.method)}
        value={values.method}
        onChange={commit('method')}
        fault={faultOf(error, 'method')}
        testId="method-filter"
      />
      <DraftField
        label="From"
        type="date"
        parse={parseDate}
        value={values.from}
        onCommit={commit('from')}
        fault={faultOf(error, 'created_from')}
        testId="from-filter"
      />
      <DraftField
        label="To"
        type="date"
        parse={parseDate}
        value={values.to}
        onCommit={commit('to')}
        fault={faultOf(error, 'created_to')}
        testId="to-filter"
      />
      <DraftField
        {...amount}
        label="Amount from"
        className="filter-amount"
        placeholder="0.00"
        value={values.amount_min}
        onCommit={commit('amount_min')}
        fault={faultOf(error, 'amount_min')}
        testId="amount-min-filter"
      />
      <DraftField
        {...amount}
        label="Amount to"
        className="filter-amount"
        placeholder="Any"
        value={values.amount_max}
        onCommit={commit('amount_max')}
        fault={faultOf(error, 'amount_max')}
        testId="amount-max-filter"
      />
    </FilterBar>
  );
}
