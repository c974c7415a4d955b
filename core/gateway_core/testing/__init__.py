"""What tests of the gateway share: real throw-away servers, a webhook receiver, processes, helpers."""
