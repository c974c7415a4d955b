import { useState } from 'react';
import { Card } from '../../ui/Card.tsx';
import { Code } from '../../ui/Code.tsx';
import { Segments } from '../../ui/Segments.tsx';

const FORMS = [
  { value: 'sent', label: 'As sent' },
  { value: 'formatted', label: 'Formatted' },
];

/** The body: the bytes that are signed, or the same for reading. */
export function Payload({ body }: { body: string }) {
  const [form, setForm] = useState('formatted');
  const isSent = form === 'sent';
  return (
    <Card title="Payload" actions={<Segments label="Payload" options={FORMS} value={form} onChange={setForm} />}>
      <Code
        code={isSent ? body : formatted(body)}
        label={isSent ? 'The exact body that is signed' : 'For reading: the signature is over the body as sent'}
        isWrapped={isSent}
        testId="delivery-payload"
      />
    </Card>
  );
}

/** Indented; as it is when it is no JSON. */
export function formatted(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
