"""The live database is what the models declare: classes, policies, grants, functions, roles. No exception is listed."""

import ast
import os
import re
from contextlib import contextmanager

import pytest
from django.db import connections, transaction

from alliance import environment
from alliance.embedded.database_url import with_database
from alliance.kernel.roles import UnsafeRoleError, refuse_unsafe_role, role_problems
from alliance.kernel.tenancy.catalogue import drift, live_tables
from alliance.kernel.tenancy.classes import TenancyKind
from alliance.kernel.tenancy.policies import declared_tables
from tests.architecture.sources import ROOT, python_sources

PROTECTED = {TenancyKind.PRIVATE, TenancyKind.SHARED}


@pytest.fixture
def owner(committed):
    return connections["owner"]


def _user(alias):
    return connections[alias].settings_dict["USER"]


def _drift(owner):
    return drift(owner, runtime=_user("default"), operator=_user("operator"))


def _rows(connection, query, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


@contextmanager
def _undone(owner, *statements):
    """The database after these statements, for as long as the block lasts."""
    with transaction.atomic(using="owner"):
        with owner.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        yield
        transaction.set_rollback(True, using="owner")


def test_the_database_is_what_the_models_declare(owner):
    assert _drift(owner) == []


DAMAGES = {
    "CREATE TABLE stray (id int)": "The table stray has no tenancy class.",
    "ALTER TABLE partners_member NO FORCE ROW LEVEL SECURITY": "partners_member is not enabled and forced",
    "ALTER TABLE partners_member DISABLE ROW LEVEL SECURITY": "partners_member is not enabled and forced",
    "DROP POLICY organization_select ON partners_member": "The policies of the table partners_member",
    "CREATE POLICY more ON partners_member USING (true)": "The policies of the table partners_member",
    "ALTER POLICY organization_select ON partners_member USING (organization_id IS NOT NULL)": "partners_member",
    "GRANT TRUNCATE ON partners_member TO PUBLIC": "PUBLIC has the rights TRUNCATE",
    "GRANT SELECT ON kernel_scheduledrun TO {runtime}": "on the table kernel_scheduledrun",
    "GRANT UPDATE ON kernel_auditevent TO {operator}": "on the table kernel_auditevent",
    "GRANT TRUNCATE ON partners_member TO {runtime}": "TRUNCATE",
    "REVOKE SELECT ON partners_member FROM {runtime}": "on the table partners_member",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_departure_from_it_is_found(owner, damage):
    statement = damage.format(runtime=_user("default"), operator=_user("operator"))
    with _undone(owner, statement):
        found = _drift(owner)
    assert len(found) == 1
    assert DAMAGES[damage] in found[0]


def test_no_policy_joins_conditions_by_or(owner):
    """An OR makes the planner believe in two rows and sort everything (docs/adr/0002-tenancy.md)."""
    found = _rows(
        owner, "SELECT tablename, policyname, coalesce(qual, '') || coalesce(with_check, '') FROM pg_policies"
    )
    assert len(found) >= 5 * sum(tenancy.kind in PROTECTED for tenancy in declared_tables().values())
    assert [row for row in found if re.search(r"\bOR\b", row[2])] == []


def test_policies_call_only_functions_that_keep_their_plans(owner):
    texts = _rows(owner, "SELECT coalesce(qual, '') || ' ' || coalesce(with_check, '') FROM pg_policies")
    called = {name for (text,) in texts for name in re.findall(r"(\w+)\(", text)} - {"NULLIF", "ANY", "ARRAY"}
    assert called == {"current_setting"}
    assert _rows(owner, "SELECT DISTINCT provolatile::text FROM pg_proc WHERE proname = ANY(%s)", list(called)) == [
        ("s",)
    ]


def test_every_table_with_policies_is_enabled_and_forced_and_no_other_has_any(owner):
    declared = declared_tables()
    for name, table in live_tables(owner).items():
        is_protected = declared[name].kind in PROTECTED
        assert (table.is_protected, bool(table.policies)) == (is_protected, is_protected), name


@pytest.mark.parametrize("alias", ["default", "operator"])
def test_the_roles_are_bound(committed, alias):
    assert role_problems(connections[alias]) == []
    [attributes] = _rows(
        connections[alias],
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user",
    )
    assert attributes == (False, False, False, False, alias == "operator")


@pytest.mark.parametrize("alias", ["default", "operator"])
def test_no_role_of_the_product_may_truncate_or_create_or_become_the_owner(owner, alias):
    role = _user(alias)
    assert (
        _rows(
            owner,
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace "
            "AND has_table_privilege(%s, oid, 'TRUNCATE, TRIGGER, REFERENCES')",
            role,
        )
        == []
    )
    assert _rows(owner, "SELECT has_schema_privilege(%s, 'public', 'CREATE')", role) == [(False,)]
    assert _rows(owner, "SELECT pg_has_role(%s, %s, 'MEMBER')", role, _user("owner")) == [(False,)]


def test_every_function_that_runs_as_its_owner_has_a_fixed_search_path_and_is_not_public(owner):
    found = _rows(
        owner,
        """
        SELECT proname, 'search_path=public, pg_temp' = ANY(proconfig), has_function_privilege('public', oid, 'EXECUTE')
        FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
        """,
    )
    assert found, "The look-ups of the doors run as their owner."
    assert [row for row in found if not row[1] or row[2]] == []


def test_views_run_with_the_rights_of_who_asks(owner):
    found = _rows(
        owner,
        "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace "
        "AND NOT coalesce(array_to_string(reloptions, ',') LIKE '%%security_invoker=true%%', false)",
    )
    assert found == [], "A view that runs as its owner passes by row-level security."


SESSION_LEVEL = re.compile(r"set_config\s*\(\s*'app\.[^)]*,\s*false\s*\)|\bSET\s+(?:SESSION\s+)?app\.", re.IGNORECASE)


def test_the_organization_is_never_set_for_a_whole_session():
    texts = [
        (source.path, node.value)
        for source in python_sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    texts += [(str(path), path.read_text(encoding="utf-8")) for path in ROOT.glob("*/migrations/sql/*.sql")]
    assert [path for path, text in texts if SESSION_LEVEL.search(text)] == []


@pytest.mark.parametrize(
    "bad",
    [
        "SELECT set_config('app.organization', %s, false)",
        "SET app.organization = 'x'",
        "SET SESSION app.organization TO 'x'",
    ],
)
def test_that_search_finds_what_it_is_for(bad):
    assert SESSION_LEVEL.search(bad)


@contextmanager
def _posing_as(alias, url):
    """A connection under the name of `alias` with another login."""
    posing = connections[alias].copy()
    posing.settings_dict = {**posing.settings_dict, **environment.database(url)}
    yield posing
    posing.close()


@pytest.mark.parametrize(
    ("alias", "login", "sentence"),
    [
        ("default", "DATABASE_ADMIN_URL", "superuser"),
        ("operator", "DATABASE_ADMIN_URL", "superuser"),
        ("default", "DATABASE_OWNER_URL", "owns tables"),
        ("operator", "DATABASE_OWNER_URL", "owns tables"),
        ("default", "DATABASE_OPERATOR_URL", "bypasses row-level security"),
        ("operator", "DATABASE_URL", "lacks BYPASSRLS"),
    ],
)
def test_a_process_refuses_to_work_as_an_unsafe_role(committed, alias, login, sentence):
    url = with_database(os.environ[login], connections["default"].settings_dict["NAME"])
    if login == "DATABASE_ADMIN_URL" and not _is_superuser(url):
        pytest.skip("The administrator of this server is no superuser.")
    with _posing_as(alias, url) as posing, pytest.raises(UnsafeRoleError, match=sentence):
        posing.ensure_connection()


def _is_superuser(url):
    import psycopg

    with psycopg.connect(url) as connection:
        return connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0]


def test_a_role_that_may_truncate_is_refused(owner):
    """The grant is committed for a moment, to a table that nothing else uses."""
    role = _user("default")
    with owner.cursor() as cursor:
        cursor.execute(f"CREATE TABLE tests_truncatable (id int); GRANT TRUNCATE ON tests_truncatable TO {role}")
    try:
        assert role_problems(connections["default"]) == [f"The database role {role} may TRUNCATE tables."]
    finally:
        with owner.cursor() as cursor:
            cursor.execute("DROP TABLE tests_truncatable")


def test_the_owner_alias_is_left_to_migrations(owner):
    refuse_unsafe_role(owner)


def test_a_worker_ends_when_its_role_is_unsafe(monkeypatch):
    from alliance import celery
    from alliance.kernel import roles

    def refuse():
        raise UnsafeRoleError("a superuser")

    monkeypatch.setattr(roles, "check_roles_at_start", refuse)
    with pytest.raises(SystemExit, match="a superuser"):
        celery._refuse_unsafe_roles()
