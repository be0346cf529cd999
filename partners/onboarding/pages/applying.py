"""The applicant's own side: which applications there are, how far each is, and handing one in."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import local_date, utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.models import ApplicationDocument, PartnerApplication
from partners.onboarding.domain.lifecycle import Status
from partners.onboarding.domain.steps import Step
from partners.onboarding.selectors import application_page, incomplete_steps, own_applications
from partners.onboarding.sentences import STEP_NAMES
from partners.onboarding.services.start_application import start_application
from partners.onboarding.services.submit_application import ApplicationIncompleteError, submit_application
from partners.onboarding.services.withdraw_application import withdraw_application


@dataclass(frozen=True, slots=True)
class StepState:
    """One step as the progress shows it. `remark`: what the host asks to be changed there."""

    step: Step
    name: str | Promise
    is_complete: bool
    remark: str


@require_safe
@member_view(Permission.APPLICATION_SUBMIT)
def own(request: MemberRequest) -> HttpResponse:
    """Every application of the organization, newest first; a single open one is shown at once."""
    applications = own_applications()
    today = local_date(utc_now(), request.organization.time_zone)
    pages = {a.alliance_id: application_page(alliance_id=a.alliance_id) for a in applications}
    latest = {application.alliance_id: application.pk for application in reversed(applications)}
    rows = [
        (application, pages[application.alliance_id] if _may_follow(application, latest, today) else None)
        for application in applications
    ]
    return render(request, "partners/onboarding/own.html", {"rows": rows})


def _may_follow(application: PartnerApplication, latest: dict[UUID, UUID], today: object) -> bool:
    """Whether this is the last application to its alliance, has ended without success, and its day has come."""
    is_over = application.status in {Status.REJECTED, Status.WITHDRAWN}
    is_due = application.reapply_on is None or application.reapply_on <= today  # type: ignore[operator]
    return is_over and is_due and latest[application.alliance_id] == application.pk


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.APPLICATION_SUBMIT)
def start(request: MemberRequest, slug: str) -> HttpResponse:
    """Begin an application of this organization to another alliance, filled in from its last one."""
    page = application_page(slug=slug)
    if page is None:
        raise Http404
    if request.method != "POST":
        return render(request, "partners/onboarding/start.html", {"page": page})
    try:
        application_id = start_application(actor=request.actor, slug=slug, now=utc_now())
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error))
        return redirect("portal:own_applications")
    return redirect("portal:application", application_id)


@require_safe
@member_view(Permission.APPLICATION_SUBMIT)
def overview(request: MemberRequest, application_id: UUID) -> HttpResponse:
    """One application: its steps, its answers, where it stands, and the button that hands it in."""
    application = own_application(request, application_id)
    return render(request, "partners/onboarding/application.html", context_of(application))


@require_POST
@member_view(Permission.APPLICATION_SUBMIT)
def submit(request: MemberRequest, application_id: UUID) -> HttpResponse:
    """Hand it in; what is missing is named, each with the way to its step."""
    application = own_application(request, application_id)
    try:
        submit_application(actor=request.actor, application_id=application_id, now=utc_now())
    except ApplicationIncompleteError as error:
        context = context_of(application) | {"faults": [(step, STEP_NAMES[step]) for step in error.steps]}
        return render(request, "partners/onboarding/application.html", context, status=error.status)
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error))
        return redirect("portal:application", application_id)
    messages.success(
        request, _("Submitted. %(host)s looks at it and answers by mail.") % {"host": application.host_name}
    )
    return redirect("portal:application", application_id)


@require_POST
@member_view(Permission.APPLICATION_SUBMIT)
def withdraw(request: MemberRequest, application_id: UUID) -> HttpResponse:
    """Take it back."""
    own_application(request, application_id)
    try:
        withdraw_application(actor=request.actor, application_id=application_id, now=utc_now())
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, _("The application is withdrawn."))
    return redirect("portal:application", application_id)


def own_application(request: MemberRequest, application_id: UUID) -> PartnerApplication:
    """The application, if it is this organization's own; raises `NotFoundError` for a host's view of another's."""
    found = PartnerApplication.objects.filter(pk=application_id, organization_id=request.organization.id).first()
    if found is None:
        raise NotFoundError
    return found


def steps_of(application: PartnerApplication) -> list[StepState]:
    """How far each step is."""
    page = application_page(alliance_id=application.alliance_id)
    missing = incomplete_steps(application, required_documents=page.required_documents if page else ())
    asked = application.requested_changes if application.status == Status.CHANGES_REQUESTED else {}
    return [StepState(step, STEP_NAMES[step], step not in missing, str(asked.get(step, ""))) for step in Step]


def context_of(application: PartnerApplication) -> dict[str, object]:
    """What the overview shows."""
    steps = steps_of(application)
    return {
        "application": application,
        "steps": steps,
        "is_complete": all(step.is_complete for step in steps),
        "documents": ApplicationDocument.objects.filter(application=application, removed_at=None),
        "company": application.parsed_company(),
        "audience": application.parsed_audience(),
        "contacts": application.parsed_contacts(),
        "bank": application.bank_details,
    }
