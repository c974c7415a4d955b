import { type FormEvent, useId, useState } from 'react';
import { ApiError, faultOf } from '../../api/errors.ts';
import { newIdempotencyKey, type Payment, useRefund } from '../../api/payments.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Field } from '../../ui/Field.tsx';
import { editableMoney, formatMoney, parseMoney } from '../../ui/format.ts';
import { Money } from '../../ui/Money.tsx';
import { useToast } from '../../ui/Toast.tsx';

const MAX_REASON_LENGTH = 255;
const FIELDS = ['amount', 'reason'];
const ALREADY = 'Your previous request has created a refund. Close this and check the refunds before you send another.';

/** Its answer was lost, and something else was typed since. */
function isDone(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'IDEMPOTENCY_KEY_REUSED';
}

/**
 * Gives back all or a part. Mounted once for each time it is opened, so that its key stands for one refund: what is
 * sent twice, also after a lost answer, happens once.
 */
export function RefundDialog({ payment, onClose }: { payment: Payment; onClose(): void }) {
  const { id, currency } = payment;
  const left = payment.amount - payment.amount_refunded;
  const form = useId();
  const toast = useToast();
  const [key] = useState(newIdempotencyKey);
  const [amountText, setAmountText] = useState(() => editableMoney(left, currency));
  const [reason, setReason] = useState('');
  const [complaint, setComplaint] = useState<string>();
  const refund = useRefund(id, key);
  const { error, isPending } = refund;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isPending) return;
    const amount = parseMoney(amountText, currency);
    setComplaint(amount ? undefined : `Enter an amount such as ${editableMoney(left, currency)}.`);
    if (!amount) return;
    const onSuccess = () => {
      toast(`Refund of ${formatMoney(amount, currency)} created`);
      onClose();
    };
    refund.mutate({ amount, ...(reason.trim() && { reason: reason.trim() }) }, { onSuccess });
  };
  const isAboutField = FIELDS.some((name) => faultOf(error, name));
  return (
    <Dialog
      title="Refund payment"
      isOpen
      onClose={onClose}
      testId="refund-dialog"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" isBusy={isPending} testId="confirm-refund-button">
            Refund
          </Button>
        </>
      }
    >
      <form id={form} className="form" onSubmit={submit} noValidate>
        <Field
          label={`Amount in ${currency}`}
          inputMode="decimal"
          autoComplete="off"
          value={amountText}
          onChange={({ currentTarget }) => setAmountText(currentTarget.value)}
          hint={
            <>
              <Money amount={left} currency={currency} /> of <Money amount={payment.amount} currency={currency} /> can
              be refunded.
            </>
          }
          fault={complaint ?? faultOf(error, 'amount')}
          testId="refund-amount-input"
        />
        <Field
          label="Reason"
          hint="Optional. It is in the refund's webhooks."
          autoComplete="off"
          maxLength={MAX_REASON_LENGTH}
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
          fault={faultOf(error, 'reason')}
          testId="refund-reason-input"
        />
        {!!error && !isAboutField && <ErrorNote error={error}>{isDone(error) && ALREADY}</ErrorNote>}
      </form>
    </Dialog>
  );
}
