"""The host's side: the queue, and one application with its checklist, notes and documents."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.files import private_file_response
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.models import ApplicationDocument, PartnerApplication, ReviewNote, ReviewTick
from partners.onboarding.domain.lifecycle import Side, Status, may_move
from partners.onboarding.domain.steps import Step
from partners.onboarding.host_forms import ApplicationFilter, NoteForm
from partners.onboarding.models import ReviewItem
from partners.onboarding.selectors import similar_companies
from partners.onboarding.sentences import SIMILAR, STEP_NAMES
from partners.onboarding.services.take_up_application import take_up_application
from partners.onboarding.services.tick_item import tick_item
from partners.onboarding.services.write_note import write_note
from partners.onboarding.tables import ApplicationTable
from partners.portal.submission import UNPROCESSABLE, is_done


@require_safe
@member_view(Permission.APPLICATION_REVIEW)
def queue(request: MemberRequest) -> HttpResponse:
    """Applications to the host's alliances, oldest first as long as they wait for it."""
    form = ApplicationFilter(request.GET)
    rows = received(request)
    wanted = form.value("status") or ""
    if wanted == "":
        rows = rows.filter(status__in=[Status.SUBMITTED, Status.IN_REVIEW])
    elif wanted != "all":
        rows = rows.filter(status=wanted)
    if words := form.value("q"):
        rows = rows.filter(name__icontains=words)
    context = {
        "form": form,
        "table": paged(request, ApplicationTable(rows.order_by("last_submitted_at", "id"))),
        "has_any": received(request).exists(),
        "may_manage": request.actor.can(Permission.ALLIANCE_MANAGE),
    }
    return render(request, "partners/onboarding/queue.html", context)


@require_safe
@member_view(Permission.APPLICATION_REVIEW)
def review(request: MemberRequest, application_id: UUID) -> HttpResponse:
    """One application with everything that helps to decide."""
    return _review_page(request, application_to_review(request, application_id), NoteForm())


@require_POST
@member_view(Permission.APPLICATION_REVIEW)
def note(request: MemberRequest, application_id: UUID) -> HttpResponse:
    """Write a note."""
    application, form = application_to_review(request, application_id), NoteForm(request.POST)
    if is_done(
        form,
        lambda: write_note(
            actor=request.actor, application_id=application_id, text=form.cleaned_data["text"], now=utc_now()
        ),
    ):
        return redirect("portal:application_review", application_id)
    return _review_page(request, application, form, status=UNPROCESSABLE)


@require_POST
@member_view(Permission.APPLICATION_REVIEW)
def tick(request: MemberRequest, application_id: UUID) -> HttpResponse:
    """Tick an item of the checklist, or take the tick back."""
    item, is_ticked = request.POST.get("item", ""), request.POST.get("ticked") == "yes"
    return _acted(
        request,
        application_id,
        lambda: tick_item(
            actor=request.actor, application_id=application_id, item=item, is_ticked=is_ticked, now=utc_now()
        ),
    )


@require_POST
@member_view(Permission.APPLICATION_REVIEW)
def take_up(request: MemberRequest, application_id: UUID) -> HttpResponse:
    """Begin the review."""
    return _acted(
        request,
        application_id,
        lambda: take_up_application(actor=request.actor, application_id=application_id, now=utc_now()),
        _("You have taken up the review. The applicant sees it."),
    )


@require_safe
@member_view(Permission.APPLICATION_REVIEW)
def document_file(request: MemberRequest, application_id: UUID, document_id: UUID) -> HttpResponseBase:
    """A document that was submitted to this host."""
    found = ApplicationDocument.objects.filter(
        pk=document_id, application_id=application_id, host_id=request.organization.id, submitted_at__isnull=False
    ).first()
    if found is None:
        raise NotFoundError
    return private_file_response(found)


def received(request: MemberRequest) -> QuerySet[PartnerApplication]:
    """What has been submitted to this organization."""
    return PartnerApplication.objects.filter(host_id=request.organization.id, submitted_at__isnull=False)


def application_to_review(request: MemberRequest, application_id: UUID) -> PartnerApplication:
    """One of them; raises `NotFoundError`."""
    found = received(request).filter(pk=application_id).first()
    if found is None:
        raise NotFoundError
    return found


def _review_page(
    request: MemberRequest, application: PartnerApplication, form: NoteForm, *, status: int = 200
) -> HttpResponse:
    ticks = {tick.item: tick for tick in ReviewTick.objects.filter(application=application)}
    asked = application.requested_changes
    context = {
        "application": application,
        "company": application.parsed_company(),
        "audience": application.parsed_audience(),
        "contacts": application.parsed_contacts(),
        "bank": application.bank_details,
        "documents": ApplicationDocument.objects.filter(application=application, submitted_at__isnull=False),
        "checklist": [(item, ticks.get(item)) for item in ReviewItem],
        "notes": ReviewNote.objects.filter(application=application),
        "flags": [SIMILAR[kind] for kind in similar_companies(application.pk)],
        "asked": [(STEP_NAMES[step], asked[step]) for step in Step if step in asked],
        "ways": {way.value for way in Status if may_move(Side.HOST, Status(application.status), way)},
        "form": form,
    }
    return render(request, "partners/onboarding/review.html", context, status=status)


def _acted(request: MemberRequest, application_id: UUID, act: Callable[[], object], said: str = "") -> HttpResponse:
    """Act, say what happened or why not, and show the application again."""
    application_to_review(request, application_id)
    try:
        act()
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error))
    else:
        if said:
            messages.success(request, said)
    return redirect("portal:application_review", application_id)
