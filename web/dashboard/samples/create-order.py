# API_SECRET=secret_… python create-order.py
import json
import os
from urllib.request import Request, urlopen

order = {"amount": 49900, "currency": "INR", "receipt": "receipt_1"}
request = Request(
    "http://localhost:8000/api/v1/orders",
    json.dumps(order).encode(),
    {
        "X-Api-Key": "key_test_abc123",
        "X-Api-Secret": os.environ["API_SECRET"],
        "Content-Type": "application/json",
    },
)
with urlopen(request, timeout=15) as response:
    print(json.load(response)["id"])  # order_…
