"""The audit trail: who, what, when, before and after; without secrets, and never changed by anybody."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import DatabaseError, connections

from alliance.kernel import audit
from alliance.kernel.actor import ActorKind, operator_actor, system_actor
from alliance.kernel.ids import new_id
from alliance.kernel.models import AuditEvent, OutboxMessage
from alliance.kernel.tenancy import ScopeMissingError, across_organizations, organization_scope

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _target(organization_id):
    return OutboxMessage(organization_id=organization_id, topic="lamp.lit", payload={}, created_at=NOW)


def _record(organization_id, **values) -> AuditEvent:
    target = _target(organization_id)
    with organization_scope(organization_id):
        audit.record(system_actor(organization_id), "lamp.lit", target, now=NOW, **values)
        return AuditEvent.objects.get(target_id=str(target.pk))


def test_an_act_is_kept_with_actor_target_and_instant(db):
    organization_id, user_id = new_id(), new_id()
    actor = operator_actor(user_id=user_id, organization_id=organization_id, label="Op", request_id="r1")
    target = _target(organization_id)
    with organization_scope(organization_id):
        audit.record(actor, "lamp.lit", target, now=NOW)
        row = AuditEvent.objects.get()
    assert (row.actor_kind, row.actor_id, row.actor_label, row.request_id) == (ActorKind.OPERATOR, user_id, "Op", "r1")
    assert (row.action, row.target_type, row.target_id, row.at) == (
        "lamp.lit",
        "kernel.outboxmessage",
        str(target.pk),
        NOW,
    )
    assert (row.before, row.after) == (None, None)


def test_before_and_after_are_plain_json_without_secrets(db):
    values = {"at": NOW, "id": UUID(int=1), "share": Decimal("0.6"), "password": "hunter2", "deep": {"api_key": "k"}}
    row = _record(new_id(), before={"name": "a"}, after=values)
    assert row.before == {"name": "a"}
    assert row.after == {
        "at": "2026-03-01T12:00:00Z",
        "id": str(UUID(int=1)),
        "share": "0.6",
        "password": "[removed]",
        "deep": {"api_key": "[removed]"},
    }


def test_an_operator_adds_to_a_trail_from_the_operators_view_and_nobody_else_does(committed):
    organization_id = new_id()
    operator = operator_actor(user_id=new_id(), organization_id=organization_id, label="Op")
    target = _target(organization_id)
    with across_organizations(reason="a test's operator"):
        audit.record(operator, "lamp.lit", target, now=NOW)
        with pytest.raises(ScopeMissingError):
            audit.record(system_actor(organization_id), "lamp.lit", target, now=NOW)
    with pytest.raises(ScopeMissingError):
        audit.record(operator, "lamp.lit", target, now=NOW)
    with organization_scope(organization_id):
        assert [row.actor_kind for row in AuditEvent.objects.filter(target_id=str(target.pk))] == ["operator"]


def test_it_wants_the_scope_of_the_actors_organization(db):
    organization_id = new_id()
    with pytest.raises(ScopeMissingError):
        audit.record(system_actor(organization_id), "a", _target(organization_id), now=NOW)
    with organization_scope(new_id()), pytest.raises(ScopeMissingError):
        audit.record(system_actor(organization_id), "a", _target(organization_id), now=NOW)


def test_another_organization_does_not_see_it(db):
    _record(new_id())
    with organization_scope(new_id()):
        assert not AuditEvent.objects.exists()


def _update():
    AuditEvent.objects.update(action="nothing")


def _delete():
    AuditEvent.objects.all().delete()


def _truncate():
    with connections["default"].cursor() as cursor:
        cursor.execute("TRUNCATE kernel_auditevent")


@pytest.mark.parametrize("change", [_update, _delete, _truncate])
def test_its_own_organization_can_not_change_it(db, change):
    organization_id = new_id()
    _record(organization_id)
    with pytest.raises(DatabaseError, match="permission denied"), organization_scope(organization_id):
        change()


@pytest.mark.parametrize("change", [_update, _delete])
def test_operators_can_not_change_it(committed, change):
    with pytest.raises(DatabaseError, match="permission denied"), across_organizations(reason="a test"):
        change()
