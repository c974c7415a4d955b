"""Alembic environment and revisions. Revisions only add (expand, then contract) and wait for no lock long."""
