"""Open the periods that accruals need, and hold them open."""

from collections.abc import Collection
from uuid import UUID

from django.db import connections
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import DomainError
from alliance.kernel.tenancy import database_alias
from settlements.domain.placing import AgreementPeriod, Calendar
from settlements.domain.spans import Span
from settlements.ledger.services.open_period import open_period
from settlements.models import Period, PeriodStatus
from settlements.services.lock_calendars import lock_calendars

_HOLD = "SELECT id, status FROM settlements_period WHERE id = ANY (%s::uuid[]) ORDER BY id FOR SHARE"


class PeriodsKeepClosingError(DomainError):
    """The periods in which something was placed closed again and again."""

    code = "periods_keep_closing"
    sentence = _("The periods that this belongs to are just being closed. Try again.")


def open_periods(
    *, book_id: UUID, host_id: UUID, alliance_id: UUID, wanted: Collection[AgreementPeriod]
) -> dict[AgreementPeriod, UUID] | None:
    """The row of each period, opened where there was none, and held open until this transaction ends.

    A close of any of them waits for that end. `None` when one of them closed in the meantime: place anew. Raises
    `PeriodOverlapsError` when somebody else has just opened one that overlaps.
    """
    found = _existing(wanted)
    for missing in sorted(set(wanted) - set(found)):
        found[missing] = _open(book_id=book_id, host_id=host_id, alliance_id=alliance_id, wanted=missing)
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(_HOLD, [list(found.values())])
        if any(status != "open" for _, status in cursor.fetchall()):
            return None
    return found


def read_calendar(agreement_ids: Collection[UUID]) -> Calendar:
    """What is closed and what is open of some agreements, to place something into."""
    periods = Period.objects.filter(agreement_id__in=agreement_ids).order_by()
    closed = periods.filter(status=PeriodStatus.CLOSED).values("agreement_id").annotate(latest=Max("ends_on"))
    spans: dict[UUID, list[Span]] = {}
    columns = ("agreement_id", "starts_on", "ends_on", "time_zone", "cut_off")
    for agreement_id, *span in periods.filter(status=PeriodStatus.OPEN).values_list(*columns):
        spans.setdefault(agreement_id, []).append(Span(*span))
    return Calendar(dict(closed.values_list("agreement_id", "latest")), spans)


def _existing(wanted: Collection[AgreementPeriod]) -> dict[AgreementPeriod, UUID]:
    by_start = {(period.agreement_id, period.span.starts_on): period for period in wanted}
    rows = Period.objects.filter(
        agreement_id__in={period.agreement_id for period in wanted},
        starts_on__in={period.span.starts_on for period in wanted},
    ).values_list("id", "agreement_id", "starts_on")
    return {
        by_start[agreement_id, starts_on]: id_
        for id_, agreement_id, starts_on in rows
        if (agreement_id, starts_on) in by_start
    }


def _open(*, book_id: UUID, host_id: UUID, alliance_id: UUID, wanted: AgreementPeriod) -> UUID:
    span = wanted.span
    lock_calendars([wanted.agreement_id])  # before the ledger's row, in the order in which closes take them
    period_id = open_period(
        book_id=book_id, agreement_id=wanted.agreement_id, starts_on=span.starts_on, ends_on=span.ends_on
    )
    period = Period(
        id=period_id,
        host_id=host_id,
        alliance_id=alliance_id,
        agreement_id=wanted.agreement_id,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        cut_off=span.cut_off,
        time_zone=span.zone,
        currency=wanted.currency,
    )
    Period.objects.bulk_create([period], ignore_conflicts=True)
    return period_id
