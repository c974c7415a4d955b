"""What the gateway's tests share: real temporary servers, a webhook receiver, processes, helpers."""
