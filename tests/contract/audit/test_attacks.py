"""The audit trail under attack: raw SQL by every role, and by the owner of the table. At the end all is as it was.

42501 is PostgreSQL's own "insufficient privilege"; KN001 is the trail's trigger (alliance/kernel/migrations/sql/audit.sql).
"""

from datetime import UTC, datetime

import pytest

from alliance.kernel import audit
from alliance.kernel.actor import system_actor
from alliance.kernel.ids import new_id
from alliance.kernel.models import OutboxMessage
from alliance.kernel.tenancy import organization_scope
from tests.contract.settlements.ledger.attackers import Attacker, open_connection

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DENIED, REFUSED = "42501", "KN001"

CHANGES = {
    "rewrite what was done": "UPDATE kernel_auditevent SET action = 'nothing' WHERE organization_id = %(organization)s",
    "rewrite who did it": "UPDATE kernel_auditevent SET actor_id = NULL WHERE organization_id = %(organization)s",
    "rewrite when": "UPDATE kernel_auditevent SET at = now() WHERE organization_id = %(organization)s",
    "rewrite what was before": "UPDATE kernel_auditevent SET before = NULL WHERE organization_id = %(organization)s",
    "change nothing": "UPDATE kernel_auditevent SET action = action WHERE organization_id = %(organization)s",
    "move it to another": "UPDATE kernel_auditevent SET organization_id = gen_random_uuid() WHERE organization_id = %(organization)s",
    "delete": "DELETE FROM kernel_auditevent WHERE organization_id = %(organization)s",
    "delete all": "DELETE FROM kernel_auditevent",
    "truncate": "TRUNCATE kernel_auditevent",
    "truncate and more": "TRUNCATE kernel_auditevent CASCADE",
    "merge over it": (
        "INSERT INTO kernel_auditevent SELECT * FROM kernel_auditevent WHERE organization_id = %(organization)s "
        "ON CONFLICT (id) DO UPDATE SET action = 'nothing'"
    ),
}
GOING_AROUND = {
    "switch the triggers off": "ALTER TABLE kernel_auditevent DISABLE TRIGGER ALL",
    "drop the trigger": "DROP TRIGGER append_only ON kernel_auditevent",
    "replace the trigger's function": (
        "CREATE OR REPLACE FUNCTION kernel_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    ),
    "drop the table": "DROP TABLE kernel_auditevent",
    "rename the table": "ALTER TABLE kernel_auditevent RENAME TO other",
    "pose as a replica": "SET session_replication_role = replica",
    "take the grant": "GRANT UPDATE ON kernel_auditevent TO CURRENT_USER",
}


@pytest.fixture(scope="module")
def victim(django_db_setup, django_db_blocker):
    from django.db import connections

    with django_db_blocker.unblock():
        organization_id = new_id()
        with organization_scope(organization_id):
            target = OutboxMessage(organization_id=organization_id, topic="lamp.lit", payload={}, created_at=NOW)
            for _ in range(3):
                audit.record(system_actor(organization_id), "lamp.lit", target, now=NOW, after={"on": True})
        before = contents(organization_id)
        assert before[0] == 3
        yield organization_id
        assert contents(organization_id) == before, "an attack left a trace"
        for alias in connections:
            connections[alias].close()


def contents(organization_id):
    with open_connection("superuser") as connection:
        query = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM kernel_auditevent AS t WHERE organization_id = %s"
        return connection.execute(query, [organization_id]).fetchone()


@pytest.mark.parametrize("alias", ["default", "operator"])
@pytest.mark.parametrize("attack", CHANGES)
def test_no_role_of_the_application_may_even_try(victim, alias, attack):
    attacker = Attacker(alias, victim if alias == "default" else None)
    assert attacker.try_all(CHANGES[attack], values={"organization": victim}) == DENIED


@pytest.mark.parametrize("alias", ["owner", "superuser"])
@pytest.mark.parametrize("attack", CHANGES)
def test_the_owner_and_even_a_superuser_are_refused_by_the_trigger(victim, alias, attack):
    assert Attacker(alias).try_all(CHANGES[attack], values={"organization": victim}) == REFUSED


@pytest.mark.parametrize("attack", ["rewrite what was done", "delete", "truncate"])
def test_posing_as_a_replica_does_not_switch_the_trigger_off(victim, attack):
    statements = ("SET LOCAL session_replication_role = replica", CHANGES[attack])
    assert Attacker("superuser").try_all(*statements, values={"organization": victim}) == REFUSED


@pytest.mark.parametrize("alias", ["default", "operator"])
@pytest.mark.parametrize("attack", GOING_AROUND)
def test_nobody_goes_around_it(victim, alias, attack):
    attacker = Attacker(alias, victim if alias == "default" else None)
    code = attacker.try_all(GOING_AROUND[attack], values={"organization": victim})
    if attack == "take the grant":
        assert attacker.try_all(CHANGES["delete"], values={"organization": victim}) == DENIED
    else:
        assert code == DENIED


def test_rows_of_another_organization_are_not_even_seen(victim):
    with Attacker("default", new_id()).connection() as connection:
        query = "SELECT count(*) FROM kernel_auditevent WHERE organization_id = %s"
        assert connection.execute(query, [victim]).fetchone() == (0,)


def test_nobody_writes_into_the_trail_of_another(victim):
    forged = (
        "INSERT INTO kernel_auditevent (id, organization_id, at, actor_kind, actor_label, action, target_type, target_id, "
        "target_label, ip_prefix, request_id) "
        "VALUES (gen_random_uuid(), %(organization)s, now(), 'member', '', 'forged', '', '', '', '', '')"
    )
    assert Attacker("default", new_id()).try_all(forged, values={"organization": victim}) == DENIED


def test_without_the_trigger_the_owner_would_succeed(victim):
    """The control: the same statement passes as soon as the trigger is gone (undone afterwards)."""
    with Attacker("owner").connection() as connection:
        connection.execute("ALTER TABLE kernel_auditevent DISABLE TRIGGER append_only")
        done = connection.execute("DELETE FROM kernel_auditevent WHERE organization_id = %s", [victim])
        assert done.rowcount == 3
