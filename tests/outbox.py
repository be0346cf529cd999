"""Delivering what was published, in the test's own process."""

from uuid import UUID

from django.db import connections
from django.db.models import Q

from alliance.kernel.models import DeliveryState, OutboxDelivery
from alliance.kernel.outbox.delivery import deliver
from alliance.kernel.outbox.publishing import Published
from alliance.kernel.tenancy import across_organizations, organization_scope

_ROUNDS = 20
# What follows every agreement that a test signs: left pending but where a test asks for it.
COPIES = Q(subscriber="partners.make_signed_copy")
MAILS = Q(subscriber__startswith="partners.tell_agreement_")


def pending(*organization_ids: UUID, copies: bool = False, mails: bool = False) -> list[tuple[UUID, UUID]]:
    """The (delivery, organization) pairs still pending, oldest first.

    Under `db` they are looked for in the organizations that published in this test's transaction; under
    `committed` everywhere, or only in the organizations named (other tests' leftovers stay out of sight).
    """
    if connections["default"].in_atomic_block:
        return _pending_in({*organization_ids, *_published_in_this_transaction()}, copies=copies, mails=mails)
    if organization_ids:
        return _pending_in(set(organization_ids), copies=copies, mails=mails)
    with across_organizations(reason="a test delivers everything"):
        return list(_rows(copies=copies, mails=mails).values_list("pk", "organization_id"))


def deliver_all(*organization_ids: UUID, copies: bool = False, mails: bool = False) -> int:
    """Let every subscriber act on everything pending, also on what they publish in turn; how many acted.

    Called outside any scope. A handler's exception comes through: a test should see it. With `copies` and `mails`
    the PDFs of signed agreements are made too, and what happens to agreements is mailed.
    """
    acted = 0
    for _ in range(_ROUNDS):
        waiting = pending(*organization_ids, copies=copies, mails=mails)
        if not waiting:
            return acted
        acted += sum(deliver(delivery_id, organization_id=organization_id) for delivery_id, organization_id in waiting)
    message = "Subscribers keep answering each other."
    raise AssertionError(message)


def _rows(*, copies: bool, mails: bool):
    rows = OutboxDelivery.objects.filter(state=DeliveryState.PENDING).order_by("pk")
    rows = rows if copies else rows.exclude(COPIES)
    return rows if mails else rows.exclude(MAILS)


def _pending_in(organization_ids: set[UUID], *, copies: bool, mails: bool) -> list[tuple[UUID, UUID]]:
    found: list[tuple[UUID, UUID]] = []
    for organization_id in organization_ids:
        with organization_scope(organization_id):
            found += _rows(copies=copies, mails=mails).values_list("pk", "organization_id")
    return sorted(found)


def _published_in_this_transaction() -> set[UUID]:
    waiting = connections["default"].run_on_commit
    return {entry[1].organization_id for entry in waiting if isinstance(entry[1], Published)}
