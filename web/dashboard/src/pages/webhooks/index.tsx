import { useSearchParams } from 'react-router';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { ZoneNote } from '../../ui/Time.tsx';
import { Debugger } from './Debugger.tsx';
import { Deliveries } from './Deliveries.tsx';
import { Endpoint } from './Endpoint.tsx';
import './webhooks.css';

/** Where webhooks go, what became of each, and why a receiver refuses one. */
export default function Webhooks() {
  const [params, setParams] = useSearchParams();
  return (
    <>
      <PageHeader title="Webhooks">
        <ZoneNote />
      </PageHeader>
      <Tabs
        label="Webhooks"
        value={params.get('view') ?? 'log'}
        onChange={(id) => setParams(id === 'log' ? {} : { view: id })}
        tabs={[
          { id: 'log', label: 'Deliveries', content: <Log /> },
          { id: 'debugger', label: 'Signature debugger', content: <Debugger /> },
        ]}
      />
    </>
  );
}

function Log() {
  return (
    <div className="stack">
      <Endpoint />
      <Deliveries />
    </div>
  );
}
