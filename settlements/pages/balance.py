"""A partner's balance: what it has, and what changes it next. Every number opens what it sums."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.selectors import agreements_of, organization_names
from partners.sentences import Wording
from partners.sentences.settling import payout_sentences
from settlements.finance.standing import Coming, Standing, standings
from settlements.invoices.missing import WaitingStatement
from settlements.ledger.domain import AccountKind
from settlements.payouts.models import NoticeState, UnclaimedNotice
from settlements.payouts.unclaimed import set_aside


@dataclass(frozen=True, slots=True)
class Figure:
    """One amount with the list that it sums; `hint` says what it means."""

    label: str
    amount_minor: int
    href: str
    hint: str


@dataclass(frozen=True, slots=True)
class NextChange:
    """One thing that comes, on a day."""

    on: date
    what: str
    amount_minor: int
    href: str


@dataclass(frozen=True, slots=True)
class Seat:
    """One agreement on the page."""

    agreement_id: UUID
    name: str
    currency: str
    total_minor: int
    figures: tuple[Figure, ...]
    changes: tuple[NextChange, ...]
    payout: tuple[str, ...]
    has_payout_rule: bool
    is_paid_elsewhere: bool
    missing_minor: int
    waiting: tuple[WaitingStatement, ...]
    notice: UnclaimedNotice | None
    set_aside_minor: int


class _Apart(NamedTuple):
    """What of a party's small balances will be, and was, set aside as abandoned property; by agreement and currency."""

    notices: dict[tuple[UUID, str], UnclaimedNotice]
    set_aside: Counter[tuple[UUID, str]]


@require_safe
@member_view(Permission.STATEMENT_READ)
def balance(request: MemberRequest) -> HttpResponse:
    """The organization's own balance; a host looks at one of its partners'."""
    partners = _partners(request)
    party_id = _party(request, partners)
    found = standings(organization_id=party_id, now=utc_now()) if party_id else []
    names = organization_names({party for standing in found for party in standing.agreement.party_ids})
    apart = _apart(party_id) if party_id else _Apart({}, Counter())
    seats = [_seat(request, standing, names, found, apart) for standing in found]
    totals: dict[str, int] = {}
    for seat in seats:
        totals[seat.currency] = totals.get(seat.currency, 0) + seat.total_minor
    context = {
        "seats": seats,
        "totals": sorted(totals.items()),
        "partners": sorted(partners.items(), key=lambda pair: pair[1]),
        "party_id": party_id,
        "is_own": party_id == request.organization.id,
        "party": partners.get(party_id, request.organization.name) if party_id else "",
    }
    return render(request, "settlements/balance.html", context)


def _partners(request: MemberRequest) -> dict[UUID, str]:
    """The partners under the agreements that the organization hosts."""
    own = request.organization.id
    parties = {
        party
        for agreement in agreements_of(signed_only=True)
        if agreement.host_id == own
        for party in agreement.party_ids
    }
    return organization_names(parties - {own}) if parties - {own} else {}


def _party(request: MemberRequest, partners: dict[UUID, str]) -> UUID | None:
    """Whose balance: as asked for, else the own one; a host that is nobody's partner chooses first."""
    asked = request.GET.get("party", "")
    if asked:
        found = next((id_ for id_ in (*partners, request.organization.id) if str(id_) == asked), None)
        if found is None:
            raise NotFoundError
        return found
    return None if request.organization.is_host else request.organization.id


def _seat(
    request: MemberRequest, standing: Standing, names: dict[UUID, str], found: Sequence[Standing], apart: _Apart
) -> Seat:
    agreement, payout = standing.agreement, standing.payout
    wording = Wording(names, agreement.currency, agreement.time_zone)
    return Seat(
        agreement_id=agreement.id,
        name=agreement.name if standing.currency == agreement.currency else f"{agreement.name} · {standing.currency}",
        currency=standing.currency,
        total_minor=standing.total_minor,
        figures=tuple(_figures(standing)),
        changes=tuple(_change(request, standing, entry) for entry in standing.coming),
        payout=tuple(payout_sentences(payout.rule, wording)) if payout else (),
        is_paid_elsewhere=payout is None and len([s for s in found if s.agreement.id == agreement.id]) > 1,
        has_payout_rule=payout is not None,
        missing_minor=payout.missing_minor if payout else 0,
        waiting=standing.waiting,
        notice=apart.notices.get((agreement.id, standing.currency)),
        set_aside_minor=apart.set_aside[agreement.id, standing.currency],
    )


def _apart(party_id: UUID) -> _Apart:
    told = list(UnclaimedNotice.objects.filter(organization_id=party_id).exclude(state=NoticeState.WITHDRAWN))
    sums: Counter[tuple[UUID, str]] = Counter()
    running = {(one.agreement_id, one.currency): one for one in told if one.state == NoticeState.RUNNING}
    for one in set_aside(organization_id=party_id) if len(running) < len(told) else ():
        sums[one.adjustment.agreement_id, one.adjustment.currency] += one.left_minor
    return _Apart(running, sums)


def _figures(standing: Standing) -> list[Figure]:
    """What is always shown, then what there is some of."""

    def account(kind: AccountKind) -> str:
        id_ = standing.parts[kind].account_id
        return reverse("portal:account", args=[id_]) if id_ else ""

    def amount(kind: AccountKind) -> int:
        return standing.parts[kind].amount_minor

    disputes = f"{reverse('portal:disputes')}?status=open"
    pending, available = AccountKind.PENDING, AccountKind.AVAILABLE
    payable = _("Can be paid out") if amount(available) >= 0 else _("Paid out of what is earned next")
    shown = [
        Figure(_("Pending"), amount(pending), account(pending), _("Earned; becomes available with a close")),
        Figure(_("Available"), amount(available), account(available), payable),
    ]
    reserve, transit = AccountKind.RESERVE, AccountKind.IN_TRANSIT
    owed, advance = AccountKind.RECEIVABLE, AccountKind.ADVANCE
    more = [
        Figure(_("Reserved"), standing.rolling_minor, account(reserve), _("Kept back for later refunds")),
        Figure(_("Disputed"), standing.disputed_minor, disputes, _("Set aside until the dispute is settled")),
        Figure(_("In transit"), amount(transit), account(transit), _("On its way to the bank")),
        Figure(_("Owed back"), amount(owed), reverse("portal:debts"), _("Paid out of what is earned next")),
        Figure(_("Advance left"), amount(advance), account(advance), _("Recouped out of what is earned next")),
    ]
    return shown + [figure for figure in more if figure.amount_minor]


def _change(request: MemberRequest, standing: Standing, entry: Coming) -> NextChange:
    words = {
        "close": _("The period closes; these shares become available"),
        "hold": _("A hold ends; available with the close after it"),
        "reserve": _("What was kept back becomes available with the close after it"),
    }
    return NextChange(entry.on, words[entry.kind], entry.amount_minor, _href(request, standing, entry))


def _href(request: MemberRequest, standing: Standing, entry: Coming) -> str:
    if entry.period_id is not None:
        return reverse("portal:period", args=[entry.period_id])
    if standing.organization_id == request.organization.id:
        query = {"agreement": standing.agreement.id, "due": entry.on.isoformat()}
        return f"{reverse('portal:accruals')}?{urlencode(query)}"
    id_ = standing.parts[AccountKind.PENDING].account_id
    return reverse("portal:account", args=[id_]) if id_ else ""
