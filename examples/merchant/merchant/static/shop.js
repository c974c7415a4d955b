// Buy: our server makes the order, the gateway's modal takes the payment, our server verifies what the modal said.
const TIMEOUT_MS = 15_000;
const buy = document.getElementById('buy');
const result = document.getElementById('result');
let order; // kept until it is paid: buying again resumes it, and nobody pays twice

function show(kind, ...lines) {
  result.dataset.kind = kind;
  result.replaceChildren(
    ...lines.map((line) => Object.assign(document.createElement('p'), { textContent: line })),
  );
}

async function post(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

async function confirm({ orderId, paymentId, signature }) {
  order = undefined;
  if (!signature) {
    // Paid in another tab: only the webhook, which our server gets by itself, can confirm it.
    show('wait', 'Paid in another tab or device. We will confirm it shortly.', `Order ${orderId}`);
    return;
  }
  show('wait', 'Checking the payment…');
  try {
    const paid = await post('/shop/verify', { orderId, paymentId, signature });
    show('good', `Paid ${paid.amount}. Verified by our server.`, `Payment ${paid.paymentId}`, `Order ${paid.orderId}`);
  } catch (error) {
    show('bad', 'The payment could not be verified.', `${error.message}. Order ${orderId}`);
  }
}

async function start() {
  buy.disabled = true;
  show('wait');
  try {
    if (!window.PaymentGateway) throw new Error('The checkout could not be loaded. Reload the page to try again.');
    order ??= await post('/shop/orders', { product: buy.dataset.product });
    const checkout = new window.PaymentGateway({
      key: order.key,
      orderId: order.orderId,
      onSuccess: confirm,
      onFailure: (error) => show('bad', error.description),
      onClose: ({ reason }) => {
        buy.disabled = false;
        if (reason === 'dismissed') show('wait', 'Checkout closed. Buy again to go on with the same order.');
      },
    });
    checkout.open();
  } catch (error) {
    buy.disabled = false;
    show('bad', error.message);
  }
}

buy.addEventListener('click', start);
