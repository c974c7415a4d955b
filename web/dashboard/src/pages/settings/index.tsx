import { type FormEvent, useState } from 'react';
import { faultOf } from '../../api/errors.ts';
import { type Settings, useSaveSettings, useSettings } from '../../api/settings.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Field, Select, TextArea } from '../../ui/Field.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { useToast } from '../../ui/Toast.tsx';
import './settings.css';

const FIELDS = ['name', 'logo_url', 'brand_color', 'time_zone', 'allowed_origins'] as const;
const SIX_DIGITS = /^#[0-9a-f]{6}$/i;
const NO_COLOR = '#0b6e5d';

/** Who the merchant is to payers, where its checkout may stand, and whose days the dashboard counts. */
export default function SettingsPage() {
  const { data, error, refetch } = useSettings();
  return (
    <>
      <PageHeader title="Settings" />
      <div className="settings">
        {data ? (
          <SettingsForm settings={data} />
        ) : (
          <Card title="Merchant">
            {error ? <ErrorNote error={error} onRetry={() => void refetch()} /> : <Skeleton lines={8} />}
          </Card>
        )}
      </div>
    </>
  );
}

/** What is typed, as text; what is not in it is as it is kept. */
type Draft = Partial<Record<(typeof FIELDS)[number], string>>;

function SettingsForm({ settings }: { settings: Settings }) {
  const [draft, setDraft] = useState<Draft>({});
  const save = useSaveSettings();
  const toast = useToast();
  const shown = { ...textOf(settings), ...draft };
  const edit = (name: keyof Draft, value: string) => {
    setDraft((before) => ({ ...before, [name]: value }));
    save.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (save.isPending) return;
    const onSuccess = () => {
      setDraft({});
      toast('Settings saved');
    };
    save.mutate(settingsOf(shown), { onSuccess });
  };
  const fault = (name: keyof Draft) => faultOf(save.error, name);
  return (
    <form className="stack" onSubmit={submit} noValidate data-test-id="settings-form">
      <Card title="Merchant">
        <div className="form">
          <Field
            label="Name"
            autoComplete="organization"
            maxLength={100}
            value={shown.name}
            onChange={({ currentTarget }) => edit('name', currentTarget.value)}
            fault={fault('name')}
            testId="name-input"
          />
          <Field
            label="Logo URL"
            type="url"
            inputMode="url"
            placeholder="https://shop.example/logo.svg"
            autoComplete="off"
            spellCheck={false}
            maxLength={2048}
            hint="Optional; https only. The pages load no images from other sites, so it is not shown here."
            value={shown.logo_url}
            onChange={({ currentTarget }) => edit('logo_url', currentTarget.value)}
            fault={fault('logo_url')}
            testId="logo-input"
          />
          <Field
            label="Colour"
            placeholder="#rrggbb"
            autoComplete="off"
            spellCheck={false}
            maxLength={7}
            isMono
            hint="Optional."
            after={
              <input
                type="color"
                className="color-choice"
                aria-label="Choose a colour"
                value={SIX_DIGITS.test(shown.brand_color) ? shown.brand_color.toLowerCase() : NO_COLOR}
                onChange={({ currentTarget }) => edit('brand_color', currentTarget.value)}
              />
            }
            value={shown.brand_color}
            onChange={({ currentTarget }) => edit('brand_color', currentTarget.value)}
            fault={fault('brand_color')}
            testId="color-input"
          />
        </div>
      </Card>
      <Card title="Checkout">
        <TextArea
          label="Allowed origins"
          placeholder="https://shop.example"
          rows={4}
          spellCheck={false}
          isMono
          hint="Sites that may show your checkout in a frame, one a line: https://, host and port, without a path. Elsewhere the checkout answers origin_not_allowed."
          value={shown.allowed_origins}
          onChange={({ currentTarget }) => edit('allowed_origins', currentTarget.value)}
          fault={fault('allowed_origins')}
          testId="origins-input"
        />
      </Card>
      <Card title="Time zone">
        <Select
          label="Days begin at midnight of"
          options={zoneOptions(shown.time_zone)}
          hint="Charts, lists and filters count these days, whoever reads them. The API and exports stay in UTC."
          value={shown.time_zone}
          onChange={(zone) => edit('time_zone', zone)}
          fault={fault('time_zone')}
          testId="time-zone-select"
        />
      </Card>
      {!!save.error && !FIELDS.some(fault) && <ErrorNote error={save.error} />}
      <div className="form-actions">
        <Button type="submit" variant="primary" isBusy={save.isPending} testId="save-settings-button">
          Save
        </Button>
      </div>
    </form>
  );
}

function textOf({ name, logo_url, brand_color, time_zone, allowed_origins }: Settings): Required<Draft> {
  return {
    name,
    logo_url: logo_url ?? '',
    brand_color: brand_color ?? '',
    time_zone,
    allowed_origins: allowed_origins.join('\n'),
  };
}

function settingsOf({ name, logo_url, brand_color, time_zone, allowed_origins }: Required<Draft>): Settings {
  return {
    name: name.trim(),
    logo_url: logo_url.trim() || null,
    brand_color: brand_color.trim() || null,
    time_zone,
    allowed_origins: allowed_origins.split(/[\s,]+/).filter(Boolean),
  };
}

/** The browser's list, with UTC, and with `kept` should the browser not know it. */
function zoneOptions(kept: string) {
  const names = new Set(['UTC', kept, ...Intl.supportedValuesOf('timeZone')]);
  return [...names].sort().map((name) => ({ value: name, label: name.replaceAll('_', ' ') }));
}
