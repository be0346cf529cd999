"""Proposing: a new agreement, or a new version of one. Rows for parties grow by htmx, or by a plain button without it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.kernel.clock import local_date, utc_now
from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.agreements.pages.signing import signature_if_named
from partners.domain.proposal import AgreementFrame, Proposal
from partners.domain.shares import format_share
from partners.domain.terms import RemainderPolicy, Terms
from partners.forms import ProposalForm, ShareRow, VersionForm
from partners.models import Agreement, Alliance
from partners.portal.submission import is_done, status_of
from partners.selectors import partners_in
from partners.services.propose_agreement import ProposedAgreement, propose_agreement
from partners.services.propose_version import propose_version
from partners.terms.comparing import last_agreed

MOST_ROWS = 50
Row = dict[str, str]


@dataclass(slots=True)
class _Rows:
    """The rows of parties and shares in one request."""

    forms: list[ShareRow]

    @property
    def are_readable(self) -> bool:
        """Whether every row is blank or whole; asks each, so that all errors show."""
        return not [row for row in self.forms if not row.is_valid()]

    @property
    def shares(self) -> tuple[tuple[UUID, str], ...]:
        """What the rows say, in their order."""
        filled = (row.cleaned_data for row in self.forms if not row.is_blank)
        return tuple((UUID(data["organization"]), data["share"]) for data in filled)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_PROPOSE)
def agreement_propose(request: MemberRequest, alliance_id: UUID) -> HttpResponse:
    """Propose an agreement to members of an alliance."""
    alliance = Alliance.objects.filter(pk=alliance_id).first()
    if alliance is None:
        raise NotFoundError
    members = [(partner.organization_id, partner.name) for partner in partners_in(alliance_id=alliance_id)]
    rows = _rows(request, members, [{"organization": str(request.organization.id)}, {}])
    if _asks_for_row(request):
        return _more_rows(request, rows, members)
    today = local_date(utc_now(), request.organization.time_zone)
    initial = {"time_zone": request.organization.time_zone, "effective_on": today}
    form = ProposalForm(_posted(request), initial=_kept(request, initial))
    proposed: list[ProposedAgreement] = []
    if (
        _is_sent(request)
        and rows.are_readable
        and is_done(form, lambda: proposed.append(_propose(request, alliance_id, form, rows)))
    ):
        messages.success(request, _("The agreement is proposed. It waits for every party's acceptance."))
        return redirect("portal:agreement", proposed[0].agreement_id)
    context = {"form": form, "rows": rows.forms, "alliance": alliance, "members": members}
    return render(request, "partners/agreement_propose.html", context, status=_status(form, rows))


def _propose(request: MemberRequest, alliance_id: UUID, form: ProposalForm, rows: _Rows) -> ProposedAgreement:
    data = form.cleaned_data
    return propose_agreement(
        actor=request.actor,
        alliance_id=alliance_id,
        frame=AgreementFrame(data["name"], data["currency"], data["time_zone"]),
        proposal=_proposal(data, rows),
        signature=signature_if_named(request, form),
        now=utc_now(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_PROPOSE)
def version_propose(request: MemberRequest, agreement_id: UUID) -> HttpResponse:
    """Propose other terms for an agreement that exists."""
    agreement = Agreement.objects.filter(pk=agreement_id).first()
    if agreement is None:
        raise NotFoundError
    members = [(s.organization_id, s.organization.name) for s in agreement.seats.select_related("organization")]
    version = last_agreed(agreement_id)
    latest = version.parsed() if version else None
    rows = _rows(request, members, _shares_of(latest))
    if _asks_for_row(request):
        return _more_rows(request, rows, members)
    form = VersionForm(_posted(request), initial=_kept(request, {}))
    if (
        _is_sent(request)
        and rows.are_readable
        and is_done(
            form,
            lambda: propose_version(
                actor=request.actor,
                agreement_id=agreement_id,
                proposal=_proposal(form.cleaned_data, rows),
                paper=version.paper if version else None,
                signature=signature_if_named(request, form),
                now=utc_now(),
            ),
        )
    ):
        messages.success(request, _("The new terms are proposed. The present ones stay until every party accepts."))
        return redirect("portal:agreement", agreement_id)
    context = {
        "form": form,
        "rows": rows.forms,
        "agreement": agreement,
        "members": members,
        "says_more": latest is not None and _says_more(latest),
    }
    return render(request, "partners/version_propose.html", context, status=_status(form, rows))


def _shares_of(terms: Terms | None) -> list[Row]:
    shares = (terms.plain_shares if terms else None) or ()
    return [{"organization": str(share.party), "share": format_share(share.share)} for share in shares] or [{}, {}]


def _says_more(terms: Terms) -> bool:
    """Whether anything of the terms is not in the shares, and so would be lost by proposing shares alone."""
    if terms.plain_shares is None:
        return True
    shares = [(share.party, share.share) for share in terms.plain_shares]
    plain = Terms.of_shares(
        currency=terms.currency, time_zone=terms.time_zone, shares=shares, remainder=terms.rounding.remainder
    )
    return plain != terms


def _proposal(data: dict[str, Any], rows: _Rows) -> Proposal:
    return Proposal(rows.shares, data["effective_on"], data["until_on"], RemainderPolicy(data["remainder"]))


def _asks_for_row(request: MemberRequest) -> bool:
    """The button that adds a row was pressed, and htmx wants only the rows."""
    return request.method == "POST" and "add_row" in request.POST and bool(getattr(request, "htmx", False))


def _is_sent(request: MemberRequest) -> bool:
    return request.method == "POST" and "add_row" not in request.POST


def _is_growing(request: MemberRequest) -> bool:
    return request.method == "POST" and "add_row" in request.POST


def _posted(request: MemberRequest) -> Any:
    return request.POST if _is_sent(request) else None


def _kept(request: MemberRequest, initial: dict[str, Any]) -> dict[str, Any]:
    """While rows are added without htmx, what has been typed stays."""
    return request.POST.dict() if _is_growing(request) else initial


def _rows(request: MemberRequest, members: Sequence[tuple[UUID, str]], initial: Sequence[Row]) -> _Rows:
    if request.method == "POST":
        posted = request.POST.get("rows", "2")
        count = min(max(int(posted) if posted.isdecimal() else 2, 2) + _is_growing(request), MOST_ROWS)
        if _is_sent(request):
            return _Rows([ShareRow(request.POST, prefix=f"row-{i}", organizations=members) for i in range(count)])
        initial = [
            {name: request.POST.get(f"row-{i}-{name}", "") for name in ("organization", "share")} for i in range(count)
        ]
    return _Rows([ShareRow(initial=row, prefix=f"row-{i}", organizations=members) for i, row in enumerate(initial)])


def _more_rows(request: MemberRequest, rows: _Rows, members: Sequence[tuple[UUID, str]]) -> HttpResponse:
    return render(request, "partners/share_rows.html", {"rows": rows.forms, "members": members})


def _status(form: VersionForm, rows: _Rows) -> int:
    if any(row.is_bound and row.errors for row in rows.forms):
        return 422
    return status_of(form)
