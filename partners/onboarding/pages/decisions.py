"""The host decides: asks for changes, approves, rejects. Each on a page of its own, because each wants words."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.kernel.clock import local_date, utc_now
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.onboarding.host_forms import ApproveForm, ChangesForm, RejectForm
from partners.onboarding.models import ReviewItem, ReviewTick
from partners.onboarding.pages.reviewing import application_to_review
from partners.onboarding.selectors import page_of, similar_companies
from partners.onboarding.sentences import SIMILAR
from partners.onboarding.services.approve_application import approve_application
from partners.onboarding.services.reject_application import reject_application
from partners.onboarding.services.request_changes import request_changes
from partners.portal.submission import is_done, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.APPLICATION_REVIEW)
def changes(request: MemberRequest, application_id: UUID) -> HttpResponse:
    """Ask for changes, step by step."""
    form = ChangesForm(request.POST or None)
    return _decide(
        request,
        application_id,
        form,
        "changes",
        lambda: request_changes(
            actor=request.actor, application_id=application_id, remarks=form.remarks(), now=utc_now()
        ),
        _("The applicant is asked to change this, and gets a mail."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.APPLICATION_REVIEW)
def approve(request: MemberRequest, application_id: UUID) -> HttpResponse:
    """Take the company in."""
    form = ApproveForm(request.POST if request.method == "POST" else None)
    return _decide(
        request,
        application_id,
        form,
        "approve",
        lambda: approve_application(
            actor=request.actor,
            application_id=application_id,
            partner_code=form.cleaned_data["partner_code"],
            now=utc_now(),
        ),
        _("The company is a member of the alliance now, and gets a mail."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.APPLICATION_REVIEW)
def reject(request: MemberRequest, application_id: UUID) -> HttpResponse:
    """Say no."""
    form = RejectForm(request.POST or None, initial={"reapply_on": _first_day(request, application_id)})
    return _decide(
        request,
        application_id,
        form,
        "reject",
        lambda: reject_application(
            actor=request.actor, application_id=application_id, now=utc_now(), **form.cleaned_data
        ),
        _("The application is rejected; the applicant gets a mail with the reason."),
    )


def _decide(
    request: MemberRequest, application_id: UUID, form: Form, page: str, act: Callable[[], object], said: str
) -> HttpResponse:
    application = application_to_review(request, application_id)
    if request.method == "POST" and is_done(form, act):
        messages.success(request, said)
        return redirect("portal:application_review", application_id)
    unticked = len(ReviewItem) - ReviewTick.objects.filter(application=application).count()
    context = {
        "application": application,
        "form": form,
        "unticked": unticked,
        "flags": [SIMILAR[kind] for kind in similar_companies(application_id)],
    }
    return render(request, f"partners/onboarding/{page}.html", context, status=status_of(form))


def _first_day(request: MemberRequest, application_id: UUID) -> date:
    """When, by the page's own rule, a company rejected today may apply again."""
    page = page_of(application_to_review(request, application_id).alliance_id)
    today = local_date(utc_now(), request.organization.time_zone)
    return today + timedelta(days=page.reapply_days if page else 0)
