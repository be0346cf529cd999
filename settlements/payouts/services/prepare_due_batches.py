"""Prepare what schedules ask for. People approve it."""

import logging
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from alliance.kernel.actor import system_actor
from alliance.kernel.clock import local_date
from alliance.kernel.errors import DomainError
from alliance.kernel.tenancy import across_organizations, organization_scope
from partners.selectors import accepted_terms, agreements_of, hosted_alliances
from settlements.ledger.models import Book
from settlements.payouts.domain.schedule import is_due
from settlements.payouts.models import PayoutBatch
from settlements.payouts.services.prepare_batch import NothingPayableError, WantedBatch, prepare_batch

logger = logging.getLogger(__name__)

_MADE_UP: Final = 2  # days: what a sleeping clock has missed


def prepare_due_batches(*, now: datetime) -> int:
    """A batch for each alliance, currency and day whose schedule asks for one; how many. Of agreements with payout rules.

    One for each day, however often it runs; days that were missed are made up for two days. Runs outside any scope.
    """
    with across_organizations(reason="the clock prepares every host's payouts"):
        hosts = sorted(set(Book.objects.values_list("host_id", flat=True)))
    return sum(prepare_due_batches_of(host_id=host_id, now=now) for host_id in hosts)


def prepare_due_batches_of(*, host_id: UUID, now: datetime) -> int:
    """The same of one host."""
    prepared = 0
    for (alliance_id, currency, day), agreement_ids in sorted(_due(host_id, now).items()):
        wanted = WantedBatch(alliance_id, currency, settings.PAYOUT_GATEWAY, frozenset(agreement_ids), due_on=day)
        try:
            with organization_scope(host_id):
                prepare_batch(actor=system_actor(host_id, label="payout schedule"), wanted=wanted, now=now)
        except NothingPayableError:
            continue
        except DomainError:
            logger.exception("payouts not prepared", extra={"host_id": str(host_id)})
        else:
            prepared += 1
    return prepared


def _due(host_id: UUID, now: datetime) -> dict[tuple[UUID, str, date], set[UUID]]:
    due: defaultdict[tuple[UUID, str, date], set[UUID]] = defaultdict(set)
    with organization_scope(host_id):
        for alliance in hosted_alliances():
            if alliance.host_id != host_id:
                continue
            timeline = accepted_terms(alliance_id=alliance.id)
            for agreement in agreements_of(alliance_id=alliance.id, signed_only=True):
                version = timeline.last_of_agreement(agreement.id, now)
                for rule in version.terms.payouts if version else ():
                    today = local_date(now, agreement.time_zone)
                    for back in range(_MADE_UP + 1):
                        day = today - timedelta(days=back)
                        if is_due(rule, day):
                            due[alliance.id, rule.currency or agreement.currency, day].add(agreement.id)
        done = set(PayoutBatch.objects.filter(due_on__isnull=False).values_list("alliance_id", "currency", "due_on"))
    return {key: agreements for key, agreements in due.items() if key not in done}
