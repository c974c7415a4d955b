import { useMerchant } from '../../api/session.ts';
import { PATHS } from '../../app/paths.ts';
import { Button, LinkButton } from '../../ui/Button.tsx';
import { Code } from '../../ui/Code.tsx';
import { Empty } from '../../ui/Empty.tsx';

/** What makes the first payment: an order, and a payment for it. */
function firstPayment(origin: string, apiKey: string): string {
  return `API=${origin}/api/v1
KEY='${apiKey}'
SECRET='<your API secret>'

# 1. Create an order; its id is in the answer
curl -X POST "$API/orders" -H "X-Api-Key: $KEY" -H "X-Api-Secret: $SECRET" \\
  -H 'Content-Type: application/json' -d '{"amount": 49900, "currency": "INR", "receipt": "first"}'

# 2. Pay it
curl -X POST "$API/payments" -H "X-Api-Key: $KEY" -H "X-Api-Secret: $SECRET" \\
  -H 'Content-Type: application/json' -d '{"order_id": "<id of the order>", "method": "upi", "vpa": "user@paytm"}'`;
}

/** Before the first payment. */
export function NoPayments() {
  const { merchant } = useMerchant();
  return (
    <div className="first-payment">
      <Empty
        icon="list"
        title="No payments yet"
        action={<LinkButton to={PATHS.docs}>Read how to integrate</LinkButton>}
        testId="no-payments"
      >
        Create an order and pay it: the payment appears here by itself.
      </Empty>
      <Code label="Your first payment" code={firstPayment(location.origin, merchant.api_key)} testId="first-payment" />
    </div>
  );
}

/** The filters let none through. */
export function NoMatches({ onClear }: { onClear(): void }) {
  return (
    <Empty
      icon="filter"
      title="No payment matches these filters"
      action={<Button onClick={onClear}>Clear filters</Button>}
      testId="no-matches"
    >
      Payments that match will appear here as they come.
    </Empty>
  );
}
