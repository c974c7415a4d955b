"""The migrated database is what the models and the contract (section "Tables") say, however often it is migrated."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine, inspect
from sqlalchemy.engine import make_url

from devstack.servers import Server
from gateway_core.db.migrate import alembic_config, upgrade
from gateway_core.db.models import Base

pytestmark = pytest.mark.integration

STARTERS = 4

CONTRACT_TABLES: Final = {
    "merchants": "id, name, email, api_key, webhook_url, is_active, created_at, updated_at",
    "orders": "id, merchant_id, amount, currency, receipt, notes, status, created_at, updated_at",
    "payments": (
        "id, order_id, merchant_id, amount, currency, method, status, captured, vpa, card_network, card_last4, "
        "error_code, error_description, created_at, updated_at"
    ),
    "refunds": "id, payment_id, merchant_id, amount, reason, status, created_at, processed_at",
    "webhook_logs": (
        "id, merchant_id, event, payload, status, attempts, last_attempt_at, next_retry_at, response_code, "
        "response_body, created_at"
    ),
    "idempotency_keys": "key, merchant_id, response, created_at, expires_at",
}
CONTRACT_INDEXES: Final = {
    "idx_orders_merchant_id": ("orders", "merchant_id"),
    "idx_payments_order_id": ("payments", "order_id"),
    "idx_payments_status": ("payments", "status"),
    "idx_refunds_payment_id": ("refunds", "payment_id"),
    "idx_webhook_logs_merchant_id": ("webhook_logs", "merchant_id"),
    "idx_webhook_logs_status": ("webhook_logs", "status"),
}
ASPECTS: Final = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity
        FROM information_schema.columns JOIN pg_tables ON tablename = table_name
        WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY 1, 2
    """,
    "constraints": """
        SELECT conrelid::regclass::text AS on_table, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE 'alembic%' ORDER BY 1, 2
    """,
    "indexes": """
        SELECT indexname, indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1
    """,
    "options": """
        SELECT relname, reloptions FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version' ORDER BY 1
    """,
}
SECRET_COLUMNS: Final = {"api_secret", "webhook_secret", "secret", "card_number", "cvv", "number"}


@pytest.fixture
def sync_engine(database_url: str) -> Iterator[Engine]:
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"))
    yield engine
    engine.dispose()


@pytest.fixture
def blank_url(postgres_server: Server) -> Iterator[str]:
    """A database without any table."""
    with psycopg.connect(postgres_server.url, autocommit=True) as server:
        server.execute("CREATE DATABASE blank")
        yield urlunsplit(urlsplit(postgres_server.url)._replace(path="/blank"))
        server.execute("DROP DATABASE blank WITH (FORCE)")


def described(engine: Engine, aspect: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(ASPECTS[aspect].replace("%", "%%"))]


def tables_of(database_url: str) -> set[str]:
    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {name for (name,) in found}


def test_alembic_finds_nothing_to_migrate(sync_engine: Engine) -> None:
    with sync_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrated_database_equals_the_models(sync_engine: Engine, blank_url: str) -> None:
    """Also in what Alembic does not compare: checks, defaults, index predicates, fill factors."""
    modelled_engine = create_engine(make_url(blank_url).set(drivername="postgresql+psycopg"))
    Base.metadata.create_all(modelled_engine)
    for aspect in ASPECTS:
        assert described(sync_engine, aspect) == described(modelled_engine, aspect), aspect
    modelled_engine.dispose()


def test_the_tables_of_the_contract_have_their_columns_and_no_secret(sync_engine: Engine) -> None:
    for table, wanted in CONTRACT_TABLES.items():
        columns = {column["name"] for column in inspect(sync_engine).get_columns(table)}
        assert set(wanted.split(", ")) <= columns, table
        assert not columns & SECRET_COLUMNS, table


def test_the_primary_key_of_idempotency_is_key_and_merchant(sync_engine: Engine) -> None:
    key = inspect(sync_engine).get_pk_constraint("idempotency_keys")
    assert key["constrained_columns"] == ["key", "merchant_id"]


def test_the_indexes_of_the_contract_cover_their_columns(sync_engine: Engine) -> None:
    for index, (table, column) in CONTRACT_INDEXES.items():
        found = {each["name"]: each["column_names"] for each in inspect(sync_engine).get_indexes(table)}
        assert column in found[index], index


def test_due_deliveries_have_a_partial_index(sync_engine: Engine) -> None:
    indexes = inspect(sync_engine).get_indexes("webhook_logs")
    predicates = [
        found["dialect_options"]["postgresql_where"]
        for found in indexes
        if found["column_names"] == ["next_retry_at"]
    ]
    assert predicates == ["(status = 'pending'::text)"]


def test_money_is_counted_in_64_bits(sync_engine: Engine) -> None:
    for table in Base.metadata.tables:
        for column in inspect(sync_engine).get_columns(table):
            if column["name"].startswith("amount"):
                assert str(column["type"]) == "BIGINT", (table, column["name"])


def test_every_time_has_a_zone(sync_engine: Engine) -> None:
    for table in Base.metadata.tables:
        for column in inspect(sync_engine).get_columns(table):
            if column["name"].endswith("_at") or "DATE" in str(column["type"]):
                assert getattr(column["type"], "timezone", None) is True, (table, column["name"])


def test_migrating_again_changes_nothing(blank_url: str) -> None:
    upgrade(blank_url)
    with psycopg.connect(blank_url) as connection:
        connection.execute("INSERT INTO worker_heartbeats (worker_id, queue) VALUES ('w', 'q')")
    upgrade(blank_url)
    assert tables_of(blank_url) == {*Base.metadata.tables, "alembic_version"}
    with psycopg.connect(blank_url) as connection:
        assert connection.execute("SELECT count(*) FROM worker_heartbeats").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_what_a_worker_of_before_had_claimed_counts_as_submitted(blank_url: str) -> None:
    engine = create_engine(make_url(blank_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0010")
    engine.dispose()
    with psycopg.connect(blank_url) as before:
        before.execute(
            """
            INSERT INTO merchants (id, name, email, api_key) VALUES (gen_random_uuid(), 'M', 'm@example.com', 'key');
            INSERT INTO orders (id, merchant_id, amount, currency) SELECT 'order_1', id, 500, 'INR' FROM merchants;
            INSERT INTO payments
                (id, order_id, merchant_id, amount, currency, method, vpa, status, lease_generation, next_attempt_at)
            SELECT p.id, 'order_1', m.id, 500, 'INR', 'upi', 'a@b', p.status, p.generation, p.due FROM merchants m, (
                VALUES ('claimed', 'processing', 1, now()), ('waiting', 'pending', 0, now()),
                       ('paid', 'success', 2, NULL)
            ) p (id, status, generation, due);
            INSERT INTO refunds (id, payment_id, merchant_id, amount, status, lease_generation)
            SELECT 'refunding', 'paid', id, 100, 'processing', 1 FROM merchants
            """
        )
    upgrade(blank_url)
    with psycopg.connect(blank_url) as migrated:
        submitted = "SELECT id FROM {} WHERE submitted_at = updated_at"
        for table, expected in (("payments", "claimed"), ("refunds", "refunding")):
            assert migrated.execute(submitted.format(table)).fetchall() == [(expected,)]


def test_services_that_start_together_migrate_once(blank_url: str) -> None:
    with ThreadPoolExecutor(STARTERS) as starters:
        for outcome in [starters.submit(upgrade, blank_url) for _ in range(STARTERS)]:
            outcome.result(timeout=30)
    assert tables_of(blank_url) == {*Base.metadata.tables, "alembic_version"}


def test_a_migration_that_fails_leaves_nothing_half_done(blank_url: str) -> None:
    with psycopg.connect(blank_url) as connection:
        connection.execute("CREATE VIEW inv_bank_agrees_on_refunds AS SELECT 1 AS in_the_way")
    with pytest.raises(Exception, match="already exists"):
        upgrade(blank_url)
    assert tables_of(blank_url) == set()


def test_an_earlier_version_leaves_a_newer_schema_as_it_is(blank_url: str) -> None:
    """Going back is installing the version before, whose migration Job comes first. Migrations only add."""
    upgrade(blank_url)
    with psycopg.connect(blank_url) as connection:
        connection.execute("CREATE TABLE of_tomorrow ()")
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    upgrade(blank_url)
    assert "of_tomorrow" in tables_of(blank_url)
    with psycopg.connect(blank_url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]


def test_a_database_of_another_program_is_refused(blank_url: str) -> None:
    with psycopg.connect(blank_url) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
        connection.execute("INSERT INTO alembic_version VALUES ('ae1027a6acf')")
    with pytest.raises(CommandError, match="ae1027a6acf"):
        upgrade(blank_url)
