"""From each model's declared class to PostgreSQL's policies, grants and triggers.

`apply_tenancy` is convergent: it drops and re-creates what it owns, so declaration and database
can't drift. Until it has run, a new table has no grant for the runtime role: it fails closed.

Shapes (measured, docs/adr/0002-tenancy.md, `benchmarks/row_level_security.py`): a policy is opaque to the planner, the
query explicit. `column = (SELECT …)` and a CASE keep the index order of lists; what the planner can estimate, as
`(SELECT …) = ANY(parties)` or `a = me OR b = me`, does not.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from alliance.kernel.tenancy.classes import Tenancy, TenancyKind, Viewers
from alliance.kernel.tenancy.third_party import THIRD_PARTY_TABLES

CURRENT_ORGANIZATION = "(SELECT nullif(current_setting('app.organization', true), '')::uuid)"

_IS_PARTY = f"CASE WHEN {CURRENT_ORGANIZATION} = ANY (parties) THEN true ELSE false END"  # CASE: see the shapes above


class TenancyUndeclaredError(RuntimeError):
    """A table has no tenancy class."""


def tenancy_of(model: type[models.Model]) -> Tenancy:
    """The declared class of a model's table; raises `TenancyUndeclaredError` when there is none."""
    declared = getattr(model, "tenancy", None) or THIRD_PARTY_TABLES.get(model._meta.db_table)
    if not isinstance(declared, Tenancy):
        message = f"{model._meta.label} ({model._meta.db_table}) has no tenancy class."
        raise TenancyUndeclaredError(message)
    return declared


def declared_tables() -> dict[str, Tenancy]:
    """Every managed table of the project with its class."""
    return {
        model._meta.db_table: tenancy_of(model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    } | {"django_migrations": THIRD_PARTY_TABLES["django_migrations"]}


def policy_expressions(tenancy: Tenancy) -> tuple[str, str]:
    """The (read, write) conditions of a private or shared table."""
    owns = f"{tenancy.owner_column} = {CURRENT_ORGANIZATION}"
    if tenancy.kind is TenancyKind.PRIVATE:
        return owns, owns
    sees = _IS_PARTY if tenancy.viewers is None else _is_viewed(owns, tenancy.viewers)
    return sees, owns if tenancy.owner_column else sees


def _is_viewed(owns: str, viewers: Viewers) -> str:
    """One look-up for the statement, not for the row. The CASE hides from the planner what it would misjudge."""
    table = viewers.table
    mine = f"{table}.organization_id = {CURRENT_ORGANIZATION}"
    seen = f"SELECT {table}.{viewers.viewed} FROM {table} WHERE {mine}"  # noqa: S608  constants of the code
    return f"CASE WHEN {owns} THEN true ELSE {viewers.column} = ANY (ARRAY({seen})) END"


def _policies(table: str, tenancy: Tenancy) -> Iterator[str]:
    read, write = policy_expressions(tenancy)
    yield f'CREATE POLICY owner_all ON "{table}" TO CURRENT_USER USING (true) WITH CHECK (true)'
    yield f'CREATE POLICY organization_select ON "{table}" FOR SELECT USING ({read})'
    yield f'CREATE POLICY organization_insert ON "{table}" FOR INSERT WITH CHECK ({write})'
    yield f'CREATE POLICY organization_update ON "{table}" FOR UPDATE USING ({write}) WITH CHECK ({write})'
    yield f'CREATE POLICY organization_delete ON "{table}" FOR DELETE USING ({write})'


def _parties_trigger(table: str, parties_sql: str) -> Iterator[str]:
    function = f"{table}_fill_parties"
    yield (
        f'CREATE OR REPLACE FUNCTION "{function}"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER '
        f"SET search_path = public, pg_temp AS $$ BEGIN NEW.parties := {parties_sql}; RETURN NEW; END $$"
    )
    yield f'REVOKE ALL ON FUNCTION "{function}"() FROM PUBLIC'
    yield f'DROP TRIGGER IF EXISTS fill_parties ON "{table}"'
    yield (
        f'CREATE TRIGGER fill_parties BEFORE INSERT OR UPDATE ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{function}"()'
    )


def _grants(table: str, tenancy: Tenancy, runtime: str, operator: str) -> Iterator[str]:
    yield f'REVOKE ALL ON "{table}" FROM PUBLIC, "{runtime}", "{operator}"'
    if tenancy.verbs:
        yield f'GRANT {", ".join(tenancy.verbs)} ON "{table}" TO "{runtime}"'
    yield f'GRANT {", ".join(tenancy.operator_verbs)} ON "{table}" TO "{operator}"'


def _existing_policies(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
        return list(cursor.fetchall())


def tenancy_statements(connection: BaseDatabaseWrapper, *, runtime: str, operator: str) -> Iterator[str]:
    """Every statement that brings the database to the declared classes."""
    tables = declared_tables()
    yield f'GRANT USAGE ON SCHEMA public TO "{runtime}", "{operator}"'
    for table, policy in _existing_policies(connection):
        yield f'DROP POLICY "{policy}" ON "{table}"'
    for table, tenancy in sorted(tables.items()):
        yield from _grants(table, tenancy, runtime, operator)
        if tenancy.kind in {TenancyKind.PRIVATE, TenancyKind.SHARED}:
            yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
            yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
            yield from _policies(table, tenancy)
        if tenancy.parties_sql:
            yield from _parties_trigger(table, tenancy.parties_sql)


def apply_tenancy(connection: BaseDatabaseWrapper, *, runtime: str, operator: str) -> None:
    """Bring policies, grants and party triggers to what the models declare, in one transaction."""
    statements = list(tenancy_statements(connection, runtime=runtime, operator=operator))
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            cursor.execute(";\n".join(statements))
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")
