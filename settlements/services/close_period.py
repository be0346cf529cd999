"""Close one period of an agreement into statements."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, NotFoundError, NotPermittedError
from alliance.kernel.events import publish
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic, database_alias
from partners.domain.evaluation import ENGINE_VERSION
from partners.selectors import TermsInForce, accepted_terms
from settlements.answers.services.set_due_disputes_aside import set_due_disputes_aside
from settlements.domain.answering import silence_from
from settlements.events import PeriodClosed
from settlements.exchange.services.exchange_balances import exchange_balances
from settlements.ledger.services.lock_ledger_period import lock_ledger_period
from settlements.models import Period, PeriodStatus
from settlements.period_terms import terms_of
from settlements.services.adjust_for_terms import adjust_for_terms
from settlements.services.find_balances import find_balances
from settlements.services.lock_calendars import lock_calendars
from settlements.services.offset_debts import agreements_to_offset, offset_debts
from settlements.services.recoup_advances import recoup_advances
from settlements.services.release_pending import left_reserves, release_pending
from settlements.services.settle_debts import settle_debts
from settlements.services.tell_carried import find_before, tell_carried
from settlements.taxes.services.add_value_added_tax import add_value_added_tax
from settlements.taxes.services.hold_value_added_tax import hold_value_added_tax
from settlements.taxes.services.reverse_withholding import reverse_withholding

_CLOSE: Final = "SELECT set_config('app.silence_from', %s, true), settlements_close_period(%s, %s, %s, %s)"


class PeriodNotEndedError(DomainError):
    """The period still runs in the agreement's time zone."""

    code = "period_not_ended"
    sentence = _("This period has not ended yet.")


class EarlierPeriodOpenError(DomainError):
    """Periods close in their order: each opening is the closing before."""

    code = "earlier_period_open"
    sentence = _("Close the earlier periods of this agreement first.")


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """How many statements the period has; `closed_now` is false when it was closed before."""

    statement_count: int
    closed_now: bool


def close_period(*, actor: Actor, period_id: UUID, now: datetime) -> ClosedPeriod:
    """Close the period for good: statements of every party, and what they earned becomes available.

    First what the terms give for the period as a whole is recorded, reserves are kept back, advances recouped, taxes
    added, balances exchanged that are paid in another currency, debts set apart and offset where the terms say so. Waits for
    accruals under way in it, so each is on exactly one statement of each party; later ones land in an open period. A number of SQL statements that does not grow with the lines; nothing of them passes through here. Closing
    again changes nothing. Raises `PeriodNotEndedError`, `EarlierPeriodOpenError`, `RevenueMissingError`,
    `RateMissingError`, `NotFoundError`, and `NotPermittedError` for anybody but the host.
    """
    actor.require(Permission.PERIOD_CLOSE)
    with atomic():
        linked, period = _lock(actor, period_id, now)
        if not period.is_open:
            return ClosedPeriod(period.statements.count(), closed_now=False)
        if now < period.ends_at:
            raise PeriodNotEndedError
        if earlier_open_periods(period):
            raise EarlierPeriodOpenError
        lock_ledger_period(period_id=period.id)
        settled = _settle(period, linked, now)
        count = _close(period, now, settled)
        record(actor, "period.closed", period, now=now, after={"statements": count})
        publish(
            PeriodClosed(
                alliance_id=str(period.alliance_id),
                agreement_id=str(period.agreement_id),
                period_id=str(period.id),
                starts_on=period.starts_on.isoformat(),
                statement_count=count,
            ),
            now=now,
        )
    return ClosedPeriod(count, closed_now=True)


def earlier_open_periods(period: Period) -> list[UUID]:
    """The open periods of the same agreement before this one, earliest first."""
    earlier = Period.objects.filter(
        agreement_id=period.agreement_id, starts_on__lt=period.starts_on, status=PeriodStatus.OPEN
    )
    return list(earlier.order_by("starts_on").values_list("id", flat=True))


def _lock(actor: Actor, period_id: UUID, now: datetime) -> tuple[list[UUID], Period]:
    """The calendars first, then the period: the order in which accruals take them too.

    With the agreement's those of the agreements with which it offsets debts.
    """
    period = Period.objects.filter(pk=period_id).first()
    if period is None:
        raise NotFoundError
    if period.host_id != actor.organization_id:
        raise NotPermittedError
    linked = agreements_to_offset(period=period, now=now)
    lock_calendars([period.agreement_id, *linked])
    return linked, Period.objects.select_for_update().get(pk=period_id)


class _Settled(NamedTuple):
    """Under which terms a period ended, and what each party's statement says of before."""

    version: TermsInForce | None
    carried: dict[UUID, str]


def _settle(period: Period, linked: list[UUID], now: datetime) -> _Settled:
    """Everything that the period's end brings, before it is written down."""
    timeline = accepted_terms(alliance_id=period.alliance_id)
    adjust_for_terms(period=period, timeline=timeline, now=now)
    version, lots = terms_of(period, timeline), left_reserves(period)
    before = find_before(period, lots)
    due = release_pending(period=period, version=version, lots=lots)
    set_due_disputes_aside(period=period, now=now)
    recouping = recoup_advances(period=period, due=due, now=now)
    add_value_added_tax(period=period, version=version, timeline=timeline, now=now)
    hold_value_added_tax(period=period, timeline=timeline)
    reverse_withholding(period=period, version=version, now=now)
    others = exchange_balances(period=period, version=version, now=now)
    for currency in sorted(others):
        reverse_withholding(period=period, version=version, now=now, currency=currency)
    for currency in (period.currency, *sorted(others)):
        settle_debts(period=period, balances=find_balances(period, currency=currency), currency=currency)
    offset_debts(period=period, version=version, timeline=timeline, linked=linked, now=now)
    carried = tell_carried(
        period=period,
        version=version,
        timeline=timeline,
        before=before,
        due=due,
        recouping=recouping,
        exchanged=others,
    )
    return _Settled(version, carried)


def _close(period: Period, now: datetime, settled: _Settled) -> int:
    """Write the statements; their reviews say from when on silence accepts, as the terms do or else the installation."""
    told = json.dumps({str(party): text for party, text in settled.carried.items()})
    acceptance = settled.version.terms.acceptance if settled.version else None
    days = acceptance.days if acceptance else settings.STATEMENT_ACCEPT_DAYS
    silence = silence_from(now, days=days, time_zone=period.time_zone)
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(_CLOSE, [silence.isoformat() if silence else "", period.id, now, ENGINE_VERSION, told])
        row = cursor.fetchone()
    return int(row[1]) if row else 0
