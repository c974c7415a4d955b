/** The ES module: `import { PaymentGateway } from 'payment-gateway-checkout/checkout'`. */
export { type ErrorCode, PaymentGatewayError } from './errors.ts';
export { PaymentGateway } from './gateway.ts';
export type { CloseReason, PaymentGatewayOptions } from './options.ts';
export type { PaymentSuccess, Prefill } from './protocol.ts';
