"""What bank entries are taken for: what nobody has explained, what waits for a second person, one entry with its history."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.errors import add_form_error
from alliance.kernel.http.lists import paged, paged_long
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from settlements.banking.domain.matching import Suggestion
from settlements.banking.forms import MatchForm
from settlements.banking.matchable import gone_out, open_entries, suggestions_for
from settlements.banking.models import BankEntry, BankMatch, MatchKinds, MatchState
from settlements.banking.pages.imports import UNPROCESSABLE, own_alliances, require_host
from settlements.banking.repayable import repayable_debts
from settlements.banking.services.approve_matches import MOST_AT_ONCE, approve_matches
from settlements.banking.services.match_entries import match_entries
from settlements.banking.services.propose_match import WantedMatch, propose_match
from settlements.banking.services.reject_match import reject_match
from settlements.banking.tables import DecidedMatchTable, ExceptionTable, WaitingMatchTable
from settlements.payouts.models import Payout

MOST_CANDIDATES = 50


@require_safe
@member_view(Permission.BANK_RECONCILE)
def bank_exceptions(request: MemberRequest) -> HttpResponse:
    """Entries that nobody has explained, latest first, with the reason why the machine left them."""
    require_host(request)
    table = paged_long(request, ExceptionTable(open_entries().order_by("-booked_on", "-id")))
    rows = [row.record for row in table.page]
    reasons = _suggested(rows)
    for row in rows:
        row.exception = reasons[row.pk].exception  # for the page alone
    return render(request, "settlements/banking/exceptions.html", {"table": table, "is_empty": not rows})


def _suggested(entries: Sequence[BankEntry]) -> dict[UUID, Suggestion]:
    found: dict[UUID, Suggestion] = {}
    for alliance_id in {entry.alliance_id for entry in entries}:
        own = [entry for entry in entries if entry.alliance_id == alliance_id]
        found |= suggestions_for(own, alliance_id=alliance_id, now=utc_now())
    return found


@require_POST
@member_view(Permission.BANK_RECONCILE)
def bank_match_again(request: MemberRequest) -> HttpResponse:
    """Look for matches anew: payouts may have been sent since the statement came."""
    require_host(request)
    count = 0
    for alliance_id, _name in own_alliances(request):
        count += match_entries(actor=request.actor, alliance_id=alliance_id, now=utc_now())
    said = ngettext("%(count)s match is proposed.", "%(count)s matches are proposed.", count) % {"count": count}
    messages.success(request, said if count else _("Nothing new was found."))
    return redirect("portal:bank_matches" if count else "portal:bank_exceptions")


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.BANK_RECONCILE)
def bank_entry(request: MemberRequest, entry_id: UUID) -> HttpResponse:
    """One entry, what it was and is taken for; and what it may be, to be proposed."""
    require_host(request)
    entry = BankEntry.objects.select_related("statement", "alliance").filter(pk=entry_id).first()
    if entry is None:
        raise NotFoundError
    matches = list(
        BankMatch.objects.filter(entry=entry).select_related("payout", "debtor").order_by("-proposed_at", "-id")
    )
    live = next((match for match in matches if match.state in {MatchState.WAITING, MatchState.APPROVED}), None)
    is_open = live is None or (live.state == MatchState.APPROVED and live.kind == MatchKinds.SUSPENSE)
    debts = repayable_debts(alliance_id=entry.alliance_id, currency=entry.currency) if entry.amount_minor > 0 else []
    form = MatchForm(request.POST or None, payouts=_candidates(entry), debts=debts, amount_minor=entry.amount_minor)
    if request.method == "POST" and form.is_valid():
        try:
            propose_match(actor=request.actor, wanted=_wanted(entry, form), now=utc_now())
        except NotFoundError:
            raise
        except DomainError as error:
            add_form_error(form, error)
        else:
            messages.success(request, _("Proposed. Somebody else has to approve it before anything is posted."))
            return redirect("portal:bank_entry", entry_id)
    suggestion = _suggested([entry])[entry.pk] if live is None else None
    context = {"entry": entry, "matches": matches, "is_open": is_open, "form": form, "suggestion": suggestion}
    return render(request, "settlements/banking/entry.html", context, status=UNPROCESSABLE if form.errors else 200)


def _wanted(entry: BankEntry, form: MatchForm) -> WantedMatch:
    given = form.cleaned_data
    kind = MatchKinds(given["kind"])
    is_of_payout = kind in {MatchKinds.PAYOUT, MatchKinds.RETURN}
    payout_id = UUID(given["payout"]) if given["payout"] and is_of_payout else None
    debt = given.get("debt") if kind is MatchKinds.REPAYMENT else None
    agreement_id, debtor_id = map(UUID, debt.split(":")) if debt else (None, None)
    return WantedMatch(entry.pk, kind, payout_id, given["note"], agreement_id, debtor_id)


def _candidates(entry: BankEntry) -> list[Payout]:
    """Payouts that the entry may pay or bring back, the nearest amounts first."""
    kind = MatchKinds.PAYOUT if entry.amount_minor < 0 else MatchKinds.RETURN
    taken = BankMatch.objects.filter(kind=kind, state__in=[MatchState.WAITING, MatchState.APPROVED])
    rows = Payout.objects.filter(gone_out(), alliance_id=entry.alliance_id, currency=entry.currency)
    free = list(rows.exclude(pk__in=taken.values("payout_id")).order_by("-prepared_at", "-id")[:1_000])
    wanted = abs(entry.amount_minor)
    return sorted(free, key=lambda payout: abs(payout.amount_minor - wanted))[:MOST_CANDIDATES]


@require_safe
@member_view(Permission.BANK_RECONCILE)
def bank_matches(request: MemberRequest) -> HttpResponse:
    """What was proposed: what waits first, then what was decided."""
    require_host(request)
    rows = BankMatch.objects.select_related("entry", "payout", "debtor").order_by("-proposed_at", "-id")
    waiting = rows.filter(state=MatchState.WAITING)
    may_approve = request.actor.can(Permission.BANK_APPROVE)
    exact = waiting.filter(basis="reference", difference_minor=0).exclude(proposed_by_id=request.actor.user_id)
    shown = list(exact.values_list("pk", flat=True)[:MOST_AT_ONCE]) if may_approve else []
    sums = exact.filter(pk__in=shown).values_list("currency").annotate(total=Sum("amount_minor")).order_by("currency")
    context = {
        "waiting": paged(request, WaitingMatchTable(waiting, prefix="waiting-")),
        "waiting_count": waiting.count(),
        "decided": paged(request, DecidedMatchTable(rows.exclude(state=MatchState.WAITING), prefix="decided-")),
        "exact_ids": ",".join(str(match_id) for match_id in shown),
        "exact_count": len(shown),
        "exact_sums": list(sums),
    }
    return render(request, "settlements/banking/matches.html", context)


@require_safe
@member_view(Permission.BANK_RECONCILE)
def bank_match(request: MemberRequest, match_id: UUID) -> HttpResponse:
    """One match, with what approving it will do."""
    require_host(request)
    match = (
        BankMatch.objects.select_related("entry__statement", "payout", "agreement", "debtor")
        .filter(pk=match_id)
        .first()
    )
    if match is None:
        raise NotFoundError
    is_own = match.proposed_by_id is not None and match.proposed_by_id == request.actor.user_id
    context = {
        "match": match,
        "entry": match.entry,
        "is_own": is_own,
        "can_approve": match.is_waiting and not is_own and request.actor.can(Permission.BANK_APPROVE),
        "is_in_suspense": BankMatch.objects.filter(entry_id=match.entry_id, state=MatchState.APPROVED).exists(),
    }
    return render(request, "settlements/banking/match.html", context)


@require_POST
@member_view(Permission.BANK_APPROVE)
def bank_match_approve(request: MemberRequest, match_id: UUID) -> HttpResponse:
    """Put it in the books."""
    require_host(request)
    _approved(request, [match_id])
    return redirect("portal:bank_match", match_id)


@require_POST
@member_view(Permission.BANK_APPROVE)
def bank_matches_approve(request: MemberRequest) -> HttpResponse:
    """Put all of those in the books that the page has shown as exact."""
    require_host(request)
    try:
        match_ids = [UUID(text) for text in request.POST.get("matches", "").split(",") if text]
    except ValueError:
        match_ids = []
    if match_ids:
        _approved(request, match_ids)
    else:
        messages.error(request, _("Nothing was chosen."))
    return redirect("portal:bank_matches")


def _approved(request: MemberRequest, match_ids: Sequence[UUID]) -> None:
    try:
        count = approve_matches(actor=request.actor, match_ids=match_ids, now=utc_now())
    except NotFoundError:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        said = ngettext(
            "%(count)s match is approved and in the books.", "%(count)s matches are approved and in the books.", count
        )
        messages.success(request, said % {"count": count})


@require_POST
@member_view(Permission.BANK_RECONCILE)
def bank_match_reject(request: MemberRequest, match_id: UUID) -> HttpResponse:
    """Decline it, or take it back."""
    require_host(request)
    try:
        reject_match(actor=request.actor, match_id=match_id, note=request.POST.get("note", ""), now=utc_now())
    except NotFoundError:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Rejected. Nothing was posted, and the entry is open again."))
    return redirect("portal:bank_match", match_id)
