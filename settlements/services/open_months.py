"""Open the months that accruals need, and hold them open."""

from collections.abc import Collection
from uuid import UUID

from django.db import connections

from alliance.kernel.tenancy import database_alias
from settlements.domain.placing import AgreementMonth
from settlements.ledger.services.open_period import open_period
from settlements.models import Period

_HOLD = "SELECT id, status FROM settlements_period WHERE id = ANY (%s::uuid[]) ORDER BY id FOR SHARE"


def open_months(
    *, book_id: UUID, host_id: UUID, alliance_id: UUID, months: Collection[AgreementMonth]
) -> dict[AgreementMonth, UUID] | None:
    """The period of each month, opened where there was none, and held open until this transaction ends.

    A close of any of them waits for that end. `None` when one of them closed in the meantime: place anew.
    """
    found = _existing(months)
    for missing in sorted(set(months) - set(found)):
        found[missing] = _open(book_id=book_id, host_id=host_id, alliance_id=alliance_id, wanted=missing)
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(_HOLD, [list(found.values())])
        if any(status != "open" for _, status in cursor.fetchall()):
            return None
    return found


def _existing(months: Collection[AgreementMonth]) -> dict[AgreementMonth, UUID]:
    wanted = {(m.agreement_id, m.month.starts_on): m for m in months}
    rows = Period.objects.filter(
        agreement_id__in={m.agreement_id for m in months}, starts_on__in={m.month.starts_on for m in months}
    ).values_list("id", "agreement_id", "starts_on")
    return {
        wanted[agreement_id, starts_on]: id_
        for id_, agreement_id, starts_on in rows
        if (agreement_id, starts_on) in wanted
    }


def _open(*, book_id: UUID, host_id: UUID, alliance_id: UUID, wanted: AgreementMonth) -> UUID:
    month = wanted.month
    period_id = open_period(
        book_id=book_id, agreement_id=wanted.agreement_id, starts_on=month.starts_on, ends_on=month.ends_on
    )
    period = Period(
        id=period_id,
        host_id=host_id,
        alliance_id=alliance_id,
        agreement_id=wanted.agreement_id,
        starts_on=month.starts_on,
        ends_on=month.ends_on,
        starts_at=month.starts_at,
        ends_at=month.ends_at,
        time_zone=month.zone,
        currency=wanted.currency,
    )
    Period.objects.bulk_create([period], ignore_conflicts=True)
    return period_id
