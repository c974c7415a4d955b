"""The three workers in one process; composition only."""
