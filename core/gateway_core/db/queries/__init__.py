"""Named SQL, one module per noun. Each function is one round trip on a connection of ``pool.transaction``."""
