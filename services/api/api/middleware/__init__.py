"""Pure ASGI layers around every request."""
