"""The live catalogue held against the declared classes: what differs, in sentences.

PostgreSQL keeps a policy in its own spelling, so the expected policies are made on a temporary table and read
back; the comparison then holds on every version.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from alliance.kernel.tenancy.classes import Tenancy, TenancyKind
from alliance.kernel.tenancy.policies import declared_tables, policy_expressions

Policies = frozenset[tuple[str, str, str, str | None, str | None]]  # name, command, roles, using, with check

_PROTECTED: Final = frozenset({TenancyKind.PRIVATE, TenancyKind.SHARED})
_TABLES: Final = """
SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
"""
_POLICIES: Final = """
SELECT tablename, policyname, cmd, array_to_string(roles, ','), qual, with_check FROM pg_policies
WHERE schemaname = 'public'
"""
_GRANTS: Final = """
SELECT c.relname, r.rolname, coalesce(array_agg(DISTINCT a.privilege_type), '{}')
FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS a LEFT JOIN pg_roles AS r ON r.oid = a.grantee
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner
GROUP BY c.relname, r.rolname
"""


@dataclass(frozen=True, slots=True)
class Table:
    """One table as the catalogue shows it."""

    is_protected: bool
    policies: Policies
    grants: Mapping[str, frozenset[str]]  # role (empty: PUBLIC) to privileges


def live_tables(connection: BaseDatabaseWrapper) -> dict[str, Table]:
    """Every table of the schema `public` with its policies and grants."""
    policies: dict[str, set[tuple[str, str, str, str | None, str | None]]] = {}
    for table, *policy in _rows(connection, _POLICIES):
        policies.setdefault(str(table), set()).add(tuple(policy))  # type: ignore[arg-type]
    grants: dict[str, dict[str, frozenset[str]]] = {}
    for table, role, privileges in _rows(connection, _GRANTS):
        grants.setdefault(str(table), {})[str(role or "")] = frozenset(privileges)  # type: ignore[call-overload]
    return {
        str(table): Table(bool(enabled and forced), frozenset(policies.get(str(table), ())), grants.get(str(table), {}))
        for table, enabled, forced in _rows(connection, _TABLES)
    }


def expected_policies(owner: BaseDatabaseWrapper, tenancies: Iterable[Tenancy]) -> dict[Tenancy, Policies]:
    """The policies of each class in this server's spelling. `owner` is the owner role's connection, left as it was."""
    return {tenancy: frozenset(_spelled(owner, tenancy)) for tenancy in tenancies if tenancy.kind in _PROTECTED}


def _spelled(owner: BaseDatabaseWrapper, tenancy: Tenancy) -> Iterator[tuple[str, str, str, str | None, str | None]]:
    read, write = policy_expressions(tenancy)
    columns = {tenancy.owner_column or "organization_id", *({tenancy.viewers.column} if tenancy.viewers else ())}
    probe = ", ".join(f'"{column}" uuid' for column in sorted(columns))
    with owner.cursor() as cursor:
        cursor.execute(
            f"DROP TABLE IF EXISTS pg_temp.policy_probe; CREATE TEMP TABLE policy_probe ({probe}, parties uuid[]);"
            "CREATE POLICY owner_all ON policy_probe TO CURRENT_USER USING (true) WITH CHECK (true);"
            f"CREATE POLICY organization_select ON policy_probe FOR SELECT USING ({read});"
            f"CREATE POLICY organization_insert ON policy_probe FOR INSERT WITH CHECK ({write});"
            f"CREATE POLICY organization_update ON policy_probe FOR UPDATE USING ({write}) WITH CHECK ({write});"
            f"CREATE POLICY organization_delete ON policy_probe FOR DELETE USING ({write})"
        )
        cursor.execute(
            "SELECT policyname, cmd, array_to_string(roles, ','), qual, with_check FROM pg_policies "
            "WHERE tablename = 'policy_probe'"
        )
        found = cursor.fetchall()
        cursor.execute("DROP TABLE pg_temp.policy_probe")
    yield from found


def drift(owner: BaseDatabaseWrapper, *, runtime: str, operator: str) -> list[str]:
    """Where the database differs from what the models declare, one sentence each; empty when all is as declared."""
    declared, live = declared_tables(), live_tables(owner)
    expected = expected_policies(owner, set(declared.values()))
    found = [
        _("The table %(table)s has no tenancy class.") % {"table": table}
        for table in sorted(live.keys() - declared.keys())
    ]
    for name, tenancy in sorted(declared.items()):
        if name not in live:
            found.append(_("The table %(table)s does not exist.") % {"table": name})
            continue
        found += _differences(name, live[name], tenancy, expected.get(tenancy, frozenset()))
        found += _grant_differences(name, live[name], {runtime: tenancy.verbs, operator: tenancy.operator_verbs})
    return found


def _differences(name: str, table: Table, tenancy: Tenancy, expected: Policies) -> Iterator[str]:
    if tenancy.kind in _PROTECTED and not table.is_protected:
        yield _("Row-level security of the table %(table)s is not enabled and forced.") % {"table": name}
    if table.policies != expected:
        yield _("The policies of the table %(table)s are not the declared ones.") % {"table": name}


def _grant_differences(name: str, table: Table, wanted: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for role in sorted(table.grants.keys() | wanted.keys()):
        has, should = table.grants.get(role, frozenset()), frozenset(wanted.get(role, ()))
        if has != should:
            yield _("%(role)s has the rights %(has)s on the table %(table)s instead of %(should)s.") % {
                "role": role or "PUBLIC",
                "has": _listed(has),
                "table": name,
                "should": _listed(should),
            }


def _listed(privileges: frozenset[str]) -> str:
    return ", ".join(sorted(privileges)) or _("none")


def _rows(connection: BaseDatabaseWrapper, query: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
