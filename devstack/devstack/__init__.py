"""The whole gateway on one machine without Docker. Standard library only."""
