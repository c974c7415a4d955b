// API_SECRET=secret_… node create-order.mjs
const response = await fetch('http://localhost:8000/api/v1/orders', {
  method: 'POST',
  headers: {
    'X-Api-Key': 'key_test_abc123',
    'X-Api-Secret': process.env.API_SECRET,
    'Content-Type': 'application/json',
  },
  body: JSON.stringify({ amount: 49900, currency: 'INR', receipt: 'receipt_1' }),
  signal: AbortSignal.timeout(15_000),
});
const order = await response.json();
if (!response.ok) throw new Error(`${order.error.code}: ${order.error.description}`);
console.log(order.id); // order_…
