"""Delivering what was published, in the test's own process."""

from uuid import UUID

from django.db import connections

from alliance.kernel.models import DeliveryState, OutboxDelivery
from alliance.kernel.outbox.delivery import deliver
from alliance.kernel.outbox.publishing import Published
from alliance.kernel.tenancy import across_organizations, organization_scope

_ROUNDS = 20


def pending(*organization_ids: UUID) -> list[tuple[UUID, UUID]]:
    """The (delivery, organization) pairs still pending, oldest first.

    Under `db` they are looked for in the organizations that published in this test's transaction; under
    `committed` everywhere, or only in the organizations named (other tests' leftovers stay out of sight).
    """
    if connections["default"].in_atomic_block:
        return _pending_in({*organization_ids, *_published_in_this_transaction()})
    if organization_ids:
        return _pending_in(set(organization_ids))
    with across_organizations(reason="a test delivers everything"):
        return list(_rows().values_list("pk", "organization_id"))


def deliver_all(*organization_ids: UUID) -> int:
    """Let every subscriber act on everything pending, also on what they publish in turn; how many acted.

    Called outside any scope. A handler's exception comes through: a test should see it.
    """
    acted = 0
    for _ in range(_ROUNDS):
        waiting = pending(*organization_ids)
        if not waiting:
            return acted
        acted += sum(deliver(delivery_id, organization_id=organization_id) for delivery_id, organization_id in waiting)
    message = "Subscribers keep answering each other."
    raise AssertionError(message)


def _rows():
    return OutboxDelivery.objects.filter(state=DeliveryState.PENDING).order_by("pk")


def _pending_in(organization_ids: set[UUID]) -> list[tuple[UUID, UUID]]:
    found: list[tuple[UUID, UUID]] = []
    for organization_id in organization_ids:
        with organization_scope(organization_id):
            found += _rows().values_list("pk", "organization_id")
    return sorted(found)


def _published_in_this_transaction() -> set[UUID]:
    waiting = connections["default"].run_on_commit
    return {entry[1].organization_id for entry in waiting if isinstance(entry[1], Published)}
