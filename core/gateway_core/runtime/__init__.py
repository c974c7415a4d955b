"""What every process needs around its work: settings, logs, tracing, metrics, health and a bounded stop."""
