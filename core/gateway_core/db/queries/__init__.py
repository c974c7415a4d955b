"""Named SQL, one module per subject. Each function is one round trip on a connection of ``pool.transaction``."""
