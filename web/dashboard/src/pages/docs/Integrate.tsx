import { Link } from 'react-router';
import { PATHS } from '../../app/paths.ts';
import { Code } from '../../ui/Code.tsx';
import { Samples, Section } from './Section.tsx';
import { CHECKOUT, CREATE_ORDER, type Own, personal, VERIFY_CHECKOUT, VERIFY_WEBHOOK } from './samples.ts';

/** From the order to the verified webhook. */
export function Integrate({ own }: { own: Own }) {
  return (
    <>
      <Section id="create-order" title="1. Create an order" testId="section-create-order">
        <p>
          Your server creates an order with the amount in the currency’s minor unit: 49900 is ₹499.00. Pass the
          response’s <code>id</code> to your page. The API secret stays on the server; if it is lost, roll the key on{' '}
          <Link to={PATHS.keys}>API keys</Link>.
        </p>
        <Samples label="Create an order" samples={CREATE_ORDER} own={own} testId="code-snippet-create-order" />
        <p className="soft">
          At least 100 minor units. <code>receipt</code> and <code>notes</code> come back in every webhook of the
          order’s payments.
        </p>
      </Section>

      <Section id="sdk" title="2. Take the payment" testId="section-sdk-integration">
        <p>
          Your page opens the checkout over itself. Card details are typed on the gateway’s own origin and never reach
          your page. A policy needs <code>script-src {own.checkout}</code> and <code>frame-src {own.checkout}</code>.
        </p>
        <p>
          First allow your shop’s origin, such as <code>https://shop.example</code>, under{' '}
          <Link to={PATHS.settings}>Settings</Link>: on any other site the checkout answers{' '}
          <code>origin_not_allowed</code>.
        </p>
        <Code code={personal(CHECKOUT.code, own)} label={CHECKOUT.label} testId="code-snippet-sdk" />
        <p>
          A callback in a browser proves nothing: your server must compare <code>signature</code> before it delivers.
        </p>
        <Code
          code={personal(VERIFY_CHECKOUT.code, own)}
          label={VERIFY_CHECKOUT.label}
          testId="code-snippet-verify-checkout"
        />
      </Section>

      <Section id="webhooks" title="3. Verify webhooks" testId="section-webhook-verification">
        <p>
          Webhooks tell your server the outcome of a payment, even if the payer has closed the page.{' '}
          <code>X-Webhook-Signature</code> is the lower-case hex HMAC-SHA256 of the body under your signing secret,
          which <Link to={PATHS.webhooks}>Webhooks</Link> shows.
        </p>
        <ul>
          <li>Verify the raw bytes, before any JSON parser: JSON that you serialise again may differ.</li>
          <li>Compare in constant time, never with ==.</li>
          <li>Answer 2xx once it is stored, within 15 seconds; do slow work afterwards.</li>
          <li>
            Delivery is at least once, possibly out of order: act once on each <code>webhook-id</code>;{' '}
            <code>data.sequence</code> orders the events of a payment or refund.
          </li>
        </ul>
        <Samples label="Verify a webhook" samples={VERIFY_WEBHOOK} own={own} testId="code-snippet-webhook" />
        <p className="soft">
          In Express, give that route <code>express.raw(&#123; type: 'application/json' &#125;)</code> and verify{' '}
          <code>req.body</code>. Libraries for Standard Webhooks work too: every request has <code>webhook-id</code>,{' '}
          <code>webhook-timestamp</code> and <code>webhook-signature</code>. They need a secret that is base64, such as
          those made here; any other serves <code>X-Webhook-Signature</code> only. Refused all the same? The{' '}
          <Link to={`${PATHS.webhooks}?view=debugger`}>signature debugger</Link> finds the cause.
        </p>
      </Section>
    </>
  );
}
