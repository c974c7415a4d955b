"""Server-sent events: what is committed reaches open pages."""
