import { useState } from 'react';
import { newIdempotencyKey, type Payment, useCapture } from '../../api/payments.ts';
import { ConfirmDialog } from '../../ui/Dialog.tsx';
import { formatMoney } from '../../ui/format.ts';
import { Money } from '../../ui/Money.tsx';
import { useToast } from '../../ui/Toast.tsx';

/** Asks before all of the payment is captured. Mounted once for each time it is opened, for its idempotency key. */
export function CaptureDialog({ payment: { id, amount, currency }, onClose }: { payment: Payment; onClose(): void }) {
  const toast = useToast();
  const [key] = useState(newIdempotencyKey);
  const capture = useCapture(id, key);
  const confirm = () => {
    const onSuccess = () => {
      toast(`Captured ${formatMoney(amount, currency)}`);
      onClose();
    };
    capture.mutate(amount, { onSuccess });
  };
  return (
    <ConfirmDialog
      title="Capture payment"
      isOpen
      action="Capture"
      isBusy={capture.isPending}
      error={capture.error}
      onConfirm={confirm}
      onClose={onClose}
      testId="capture-dialog"
    >
      <p>
        All of <Money amount={amount} currency={currency} /> is captured, once. It can still be refunded afterwards.
      </p>
    </ConfirmDialog>
  );
}
