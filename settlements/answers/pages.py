"""What people say to statements: accept, comment, dispute a line, settle the dispute."""

from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import django_tables2 as tables
from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.http.columns import CompiledColumn
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.errors import add_form_error
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.money import format_minor, parse_amount
from alliance.kernel.permissions import Permission
from settlements.answers.forms import DisputeFilter, DisputeForm, SettleForm
from settlements.answers.services.accept_statement import accept_statement
from settlements.answers.services.comment_statement import CommentEmptyError, comment_statement
from settlements.answers.services.dispute_line import dispute_line
from settlements.answers.services.let_line_stand import let_line_stand
from settlements.answers.services.propose_correction import propose_correction
from settlements.answers.services.withdraw_dispute import withdraw_dispute
from settlements.models import (
    LineDispute,
    ProposalState,
    ProposedAdjustment,
    StatementComment,
    StatementLine,
    StatementReview,
)
from settlements.tables import MONEY


def disputes_exist() -> Exists:
    """Whether a line of a statement was disputed, to be annotated where it is read: most need no further look."""
    return Exists(LineDispute.objects.filter(statement_id=OuterRef("pk")))


def comments_exist() -> Exists:
    """Whether anybody wrote about a statement; likewise."""
    return Exists(StatementComment.objects.filter(statement_id=OuterRef("pk")))


class AnsweredStatement(Protocol):
    """A statement that was read with its review, `disputes_exist` and `comments_exist`."""

    id: UUID
    host_id: UUID
    organization_id: UUID
    has_disputes: bool
    has_comments: bool
    time_zone: str


def answers_to(request: MemberRequest, statement: AnsweredStatement) -> dict[str, Any]:
    """What a statement's page shows of the answers to it, and which the member may give."""
    review: StatementReview | None = getattr(statement, "review", None)
    if review is None:  # the host's own
        return {"review": None, "disputes": [], "comments": [], "can_answer": False, "can_dispute": False}
    of_it = LineDispute.objects.filter(statement_id=statement.id)
    disputes = list(of_it.select_related("opened_by_organization")) if statement.has_disputes else []
    written = StatementComment.objects.filter(statement_id=statement.id)
    comments = list(written.select_related("author_organization")) if statement.has_comments else []
    is_side = request.organization.id in {statement.organization_id, statement.host_id}
    can_answer = is_side and request.actor.can(Permission.STATEMENT_ANSWER)
    is_disputed = any(dispute.is_open for dispute in disputes)
    return {
        "review": review,
        "silence_day": _local_day(review.silence_from, statement.time_zone),
        "disputes": disputes,
        "is_disputed": is_disputed,
        "comments": comments,
        "can_answer": can_answer,
        "can_dispute": can_answer and not review.is_accepted,
        "can_accept": (
            can_answer
            and request.organization.id == statement.organization_id
            and not review.is_accepted
            and not is_disputed
        ),
    }


def _local_day(at: datetime | None, time_zone: str) -> date | None:
    return at.astimezone(ZoneInfo(time_zone)).date() if at else None


def mark_disputed(lines: list[StatementLine], disputes: list[LineDispute]) -> None:
    """Put on each line of one page the dispute that was opened last."""
    latest = {dispute.line_number: dispute for dispute in sorted(disputes, key=lambda dispute: dispute.opened_at)}
    for line in lines:
        line.dispute = latest.get(line.line_number)  # type: ignore[attr-defined]  # for the page alone


@require_POST
@member_view(Permission.STATEMENT_ANSWER)
def accept(request: MemberRequest, statement_id: UUID) -> HttpResponse:
    """Accept the own statement, as the page showed it."""
    try:
        is_new = accept_statement(
            actor=request.actor,
            statement_id=statement_id,
            content_sha256=request.POST.get("content_sha256", ""),
            now=utc_now(),
        )
    except NotFoundError:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        said = _("Accepted. The host is told.") if is_new else _("This statement was accepted before.")
        messages.success(request, said)
    return redirect("portal:statement", statement_id=statement_id)


@require_POST
@member_view(Permission.STATEMENT_ANSWER)
def comment(request: MemberRequest, statement_id: UUID) -> HttpResponse:
    """Write about a statement."""
    _comment(request, statement_id, None)
    return redirect("portal:statement", statement_id=statement_id)


def _comment(request: MemberRequest, statement_id: UUID, dispute_id: UUID | None) -> None:
    text = request.POST.get("text", "")
    try:
        comment_statement(
            actor=request.actor, statement_id=statement_id, dispute_id=dispute_id, text=text, now=utc_now()
        )
    except CommentEmptyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Written. The other side is told."))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.STATEMENT_ANSWER)
def line_dispute(request: MemberRequest, statement_id: UUID, line_number: int) -> HttpResponse:
    """Dispute one line of a statement."""
    lines = StatementLine.objects.select_related("statement__organization", "statement__agreement")
    line = lines.filter(statement_id=statement_id, line_number=line_number).first()
    if line is None:
        raise NotFoundError
    form = DisputeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        claimed = form.cleaned_data["claimed"]
        try:
            dispute_id = dispute_line(
                actor=request.actor,
                statement_id=statement_id,
                line_number=line_number,
                reason=form.cleaned_data["reason"],
                claimed_minor=parse_amount(claimed, line.currency) if claimed else None,
                now=utc_now(),
            )
        except NotFoundError:
            raise
        except DomainError as error:
            add_form_error(form, error)
        else:
            messages.success(
                request, _("Disputed. The other side is told, and the line is not paid until it is settled.")
            )
            return redirect("portal:dispute", dispute_id=dispute_id)
    context = {"form": form, "line": line, "statement": line.statement}
    return render(request, "settlements/line_dispute.html", context, status=422 if form.errors else 200)


class DisputeTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Disputed lines, latest first."""

    opened_at = CompiledColumn(
        '{% load portal %}<a href="{% url "portal:dispute" record.id %}">{% local_time record.opened_at %}</a>',
        verbose_name=gettext_lazy("Disputed on"),
        orderable=False,
    )
    party = tables.Column(verbose_name=gettext_lazy("Party"), accessor="organization__name", orderable=False)
    statement = CompiledColumn(
        '<a href="{% url "portal:statement" record.statement_id %}">{{ record.statement.number }}</a>',
        verbose_name=gettext_lazy("Statement"),
        orderable=False,
    )
    reference = tables.Column(verbose_name=gettext_lazy("Reference"), orderable=False)
    state = CompiledColumn(
        '{% include "settlements/dispute_state.html" with dispute=record %}',
        verbose_name=gettext_lazy("Status"),
        orderable=False,
    )
    share_minor = CompiledColumn(
        "{% load money %}{{ record.share_minor|money:record.currency }}",
        verbose_name=gettext_lazy("Share"),
        attrs=MONEY,
        orderable=False,
    )
    held_minor = CompiledColumn(
        "{% load money %}{{ record.held_minor|money:record.held_currency }}",
        verbose_name=gettext_lazy("Set aside"),
        attrs=MONEY,
        orderable=False,
        empty_values=(),
    )

    class Meta:
        caption = gettext_lazy("Disputed lines")


def held_by_currency(listed: QuerySet[LineDispute]) -> dict[str, int]:
    """What is set aside for these disputes now."""
    held = listed.filter(released_at__isnull=True, set_aside_minor__gt=0)
    sums = held.values_list("set_aside_currency").annotate(total=Sum("set_aside_minor")).order_by()
    return {currency: int(total) for currency, total in sums}


@require_safe
@member_view(Permission.STATEMENT_READ)
def disputes(request: MemberRequest) -> HttpResponse:
    """The lines that the organization or its other sides have disputed, with the sum of what is listed."""
    form = DisputeFilter(request.GET)
    listed: QuerySet[LineDispute] = LineDispute.objects.all()
    if status := form.value("status"):
        listed = listed.filter(state=status)
    held = held_by_currency(listed)
    totals = listed.values("currency").annotate(rows=Count("pk"), share=Sum("share_minor")).order_by("currency")
    related = listed.select_related("organization", "statement").order_by("-opened_at", "-id")
    context = {
        "form": form,
        "totals": totals,
        "held": sorted(held.items()),
        "table": paged(request, DisputeTable(related)),
        "is_filtered": form.is_filtering,
    }
    return render(request, "settlements/disputes.html", context)


@require_safe
@member_view(Permission.STATEMENT_READ)
def dispute(request: MemberRequest, dispute_id: UUID) -> HttpResponse:
    """One dispute: what is said, what is set aside, and what each side may do."""
    found = _dispute(dispute_id)
    is_host = found.host_id == request.organization.id
    proposal = ProposedAdjustment.objects.filter(dispute_id=found.id, state=ProposalState.WAITING).first()
    context = {
        "dispute": found,
        "statement": found.statement,
        "comments": found.comments.select_related("author_organization").order_by("written_at", "id"),
        "proposal": proposal,
        "can_comment": request.actor.can(Permission.STATEMENT_ANSWER),
        "can_withdraw": (
            found.is_open
            and found.opened_by_organization_id == request.organization.id
            and request.actor.can(Permission.STATEMENT_ANSWER)
        ),
        "can_settle": found.is_open
        and is_host
        and proposal is None
        and request.actor.can(Permission.ADJUSTMENT_PROPOSE),
    }
    return render(request, "settlements/dispute.html", context)


def _dispute(dispute_id: UUID) -> LineDispute:
    related = ("statement", "organization", "agreement", "opened_by_organization", "accrual", "correction")
    found = LineDispute.objects.filter(pk=dispute_id).select_related(*related).first()
    if found is None:
        raise NotFoundError
    return found


@require_POST
@member_view(Permission.STATEMENT_ANSWER)
def dispute_comment(request: MemberRequest, dispute_id: UUID) -> HttpResponse:
    """Write about one dispute."""
    _comment(request, _dispute(dispute_id).statement_id, dispute_id)
    return redirect("portal:dispute", dispute_id=dispute_id)


@require_POST
@member_view(Permission.STATEMENT_ANSWER)
def dispute_withdraw(request: MemberRequest, dispute_id: UUID) -> HttpResponse:
    """Take the own dispute back."""
    try:
        withdraw_dispute(actor=request.actor, dispute_id=dispute_id, now=utc_now())
    except NotFoundError:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Withdrawn. The line stands, and its money can be paid again."))
    return redirect("portal:dispute", dispute_id=dispute_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ADJUSTMENT_PROPOSE)
def dispute_settle(request: MemberRequest, dispute_id: UUID) -> HttpResponse:
    """As the host: let the line stand, or propose what it should have come to."""
    found = _dispute(dispute_id)
    if found.host_id != request.organization.id:
        raise NotFoundError
    claimed = "" if found.claimed_minor is None else format_minor(found.claimed_minor, found.currency)
    form = SettleForm(request.POST or None, initial={"corrected": claimed})
    if request.method == "POST" and form.is_valid():
        try:
            return _settle(request, found, form)
        except DomainError as error:
            add_form_error(form, error)
    context = {"form": form, "dispute": found, "statement": found.statement}
    return render(request, "settlements/dispute_settle.html", context, status=422 if form.errors else 200)


def _settle(request: MemberRequest, found: LineDispute, form: SettleForm) -> HttpResponse:
    note, now = form.cleaned_data["note"], utc_now()
    if form.cleaned_data["outcome"] == SettleForm.STANDS:
        let_line_stand(actor=request.actor, dispute_id=found.id, note=note, now=now)
        messages.success(request, _("Settled. The line stands, and its money can be paid again."))
        return redirect("portal:dispute", dispute_id=found.id)
    amount = parse_amount(form.cleaned_data["corrected"], found.currency)
    proposal_id = propose_correction(
        actor=request.actor, dispute_id=found.id, corrected_minor=amount, note=note, now=now
    )
    messages.success(request, _("Proposed. Somebody else has to approve it before any money moves."))
    return redirect("portal:proposal", proposal_id=proposal_id)
