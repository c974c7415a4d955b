/** `/checkout.js`: the global `PaymentGateway`, which knows from its own address where the gateway is. */
import { PaymentGateway } from './gateway.ts';

const script = document.currentScript as HTMLScriptElement | null;
if (script?.src) PaymentGateway.baseUrl = new URL('.', script.src).href;
(globalThis as { PaymentGateway?: typeof PaymentGateway }).PaymentGateway = PaymentGateway;
