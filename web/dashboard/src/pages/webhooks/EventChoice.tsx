import type { EventName } from '../../api/webhooks.ts';
import { Checkbox } from '../../ui/Field.tsx';
import { Segments } from '../../ui/Segments.tsx';

interface EventChoiceProps {
  known: readonly EventName[];
  /** Null: every event, also ones that there are not yet. */
  chosen: readonly EventName[] | null;
  onChange(chosen: EventName[] | null): void;
  fault: string | undefined;
}

const SCOPES = [
  { value: 'all', label: 'All events' },
  { value: 'some', label: 'Only these' },
];

/** Which events are sent. */
export function EventChoice({ known, chosen, onChange, fault }: EventChoiceProps) {
  const toggle = (event: EventName, isOn: boolean) =>
    onChange(known.filter((each) => (each === event ? isOn : chosen?.includes(each))));
  return (
    <div className="events">
      <p className="events-title">Events</p>
      <Segments
        label="Which events are sent"
        options={SCOPES}
        value={chosen ? 'some' : 'all'}
        onChange={(scope) => onChange(scope === 'all' ? null : [...known])}
        testId="event-scope"
      />
      {chosen && (
        <div className="event-list">
          {known.map((event) => (
            <Checkbox
              key={event}
              label={event}
              checked={chosen.includes(event)}
              onChange={({ currentTarget }) => toggle(event, currentTarget.checked)}
              testId={`event-${event}`}
            />
          ))}
        </div>
      )}
      <p className={fault ? 'note fault' : 'note'} role={fault ? 'alert' : undefined} data-test-id="events-note">
        {fault ?? 'Test events are always sent.'}
      </p>
    </div>
  );
}
