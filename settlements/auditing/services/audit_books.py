"""Compare what must be equal in every book, keep what is not, and tell the host once."""

import logging
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from django.db import connections

from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import across_organizations, atomic, database_alias, organization_scope
from partners.mails import page_address
from partners.telling import tell_members
from settlements.auditing.comparing import Unequal, unequal_figures
from settlements.auditing.models import Discrepancy

logger = logging.getLogger(__name__)


def audit_books(*, now: datetime) -> int:
    """Look at every book; how many figures differ now.

    What differs for the first time becomes a row, and each finance member of its host gets one mail; what still differs
    keeps its row with the figures of now; what is equal again is marked as resolved. Runs outside any scope; repeating it is
    harmless.
    """
    with across_organizations(reason="the clock audits every organization's books"), atomic():
        with connections[database_alias()].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        found = sorted(unequal_figures(now=now), key=attrgetter("host_id"))
    with across_organizations(reason="the clock looks for discrepancies that have gone"), atomic():
        waiting = set(Discrepancy.objects.filter(resolved_at__isnull=True).values_list("organization_id", flat=True))
    by_host = {host_id: list(group) for host_id, group in groupby(found, attrgetter("host_id"))}
    for host_id in {*by_host, *waiting}:
        _keep(host_id, by_host.get(host_id, []), now)
    return len(found)


def _keep(host_id: UUID, found: Sequence[Unequal], now: datetime) -> None:
    """The host's rows as they are now. Logged, so that the installation's own alarms see it too."""
    with organization_scope(host_id), atomic():
        there = {
            (row.kind, row.subject_id, row.currency): row
            for row in Discrepancy.objects.filter(resolved_at__isnull=True).select_for_update()
        }
        fresh = [each for each in found if (each.kind, each.subject_id, each.currency) not in there]
        for each in found:
            _seen(there.pop((each.kind, each.subject_id, each.currency), None), each, now)
        for row in there.values():
            row.resolved_at = now
            row.save(update_fields=["resolved_at"])
        if fresh:
            logger.error("books differ", extra={"host_id": str(host_id), "count": len(fresh)})
            facts = {"count": str(len(fresh)), "first": fresh[0].label, "link": page_address("discrepancies")}
            tell_members(template="books_differ", permission=Permission.PERIOD_CLOSE, facts=facts, now=now)


def _seen(row: Discrepancy | None, each: Unequal, now: datetime) -> None:
    if row is None:
        row = Discrepancy(
            id=new_id(),
            organization_id=each.host_id,
            alliance_id=each.alliance_id,
            kind=each.kind,
            subject_id=each.subject_id,
            label=each.label[:200],
            currency=each.currency,
            first_seen_at=now,
        )
    row.expected_minor, row.found_minor, row.last_seen_at = each.expected_minor, each.found_minor, now
    row.save()
