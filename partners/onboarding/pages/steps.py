"""The steps of an application, one page each; each saves its own answers and nothing else."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.files import private_file_response
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from alliance.kernel.standing import OrganizationStatus
from partners.models import ApplicationDocument, BankAccount, PartnerApplication
from partners.onboarding.domain.steps import Step
from partners.onboarding.forms import AnswersForm, AudienceForm, BankForm, CompanyForm, ContactsForm, DocumentForm
from partners.onboarding.pages.applying import own_application, steps_of
from partners.onboarding.selectors import application_page, valid_documents
from partners.onboarding.sentences import STEP_NAMES
from partners.onboarding.services.move_application import ApplicationElsewhereError
from partners.onboarding.services.remove_document import remove_document
from partners.onboarding.services.save_answers import save_answers
from partners.onboarding.services.save_bank_account import save_bank_account
from partners.onboarding.services.upload_document import upload_document
from partners.portal.submission import is_done, status_of

ANSWER_FORMS: Final[Mapping[Step, type[AnswersForm]]] = MappingProxyType(
    {Step.COMPANY: CompanyForm, Step.AUDIENCE: AudienceForm, Step.CONTACTS: ContactsForm}
)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.APPLICATION_SUBMIT)
def step(request: MemberRequest, application_id: UUID, step: str) -> HttpResponse:
    """One step; saving leads on to the next. What the host has in hand can't be changed."""
    if step not in set(Step):
        raise Http404
    application, present = own_application(request, application_id), Step(step)
    if not application.is_editable:
        if request.method == "POST":
            raise ApplicationElsewhereError
        return redirect("portal:application", application_id)
    if present is Step.DOCUMENTS:
        return _documents(request, application)
    if present is Step.BANK:
        return _bank(request, application)
    return _answers(request, application, present)


def _answers(request: MemberRequest, application: PartnerApplication, present: Step) -> HttpResponse:
    form = ANSWER_FORMS[present](request.POST or None, initial=getattr(application, present))
    if request.method == "POST" and is_done(
        form,
        lambda: save_answers(actor=request.actor, application_id=application.pk, answers=form.answers(), now=utc_now()),
    ):
        return _next(application, present)
    return _shown(request, application, present, form)


def _bank(request: MemberRequest, application: PartnerApplication) -> HttpResponse:
    is_used = request.organization.status is OrganizationStatus.ACTIVE and BankAccount.objects.exists()
    form = BankForm(request.POST or None, initial=application.bank_details)
    if request.method == "POST" and is_done(
        form,
        lambda: save_bank_account(
            actor=request.actor, application_id=application.pk, details=form.details(), now=utc_now()
        ),
    ):
        return _next(application, Step.BANK)
    return _shown(request, application, Step.BANK, form, is_used=is_used)


def _documents(request: MemberRequest, application: PartnerApplication) -> HttpResponse:
    page = application_page(alliance_id=application.alliance_id)
    documents = valid_documents(application)
    missing = [kind for kind in (page.required_documents if page else ()) if kind not in {d.kind for d in documents}]
    form = DocumentForm(request.POST or None, request.FILES or None, missing=missing)
    if request.method == "POST" and is_done(form, lambda: _upload(request, application, form)):
        messages.success(request, _("The document is uploaded."))
        return redirect("portal:application_step", application.pk, Step.DOCUMENTS.value)
    return _shown(request, application, Step.DOCUMENTS, form, documents=documents, missing=missing)


def _upload(request: MemberRequest, application: PartnerApplication, form: DocumentForm) -> None:
    file = form.cleaned_data["file"]
    upload_document(
        actor=request.actor,
        application_id=application.pk,
        kind=form.cleaned_data["kind"],
        content=file,
        name=str(file.name),
        now=utc_now(),
    )


def _next(application: PartnerApplication, present: Step) -> HttpResponse:
    following = present.following
    if following is None:
        return redirect("portal:application", application.pk)
    return redirect("portal:application_step", application.pk, following.value)


def _shown(
    request: MemberRequest, application: PartnerApplication, present: Step, form: Form, **more: object
) -> HttpResponse:
    steps = steps_of(application)
    context = {
        "application": application,
        "present": present,
        "name": STEP_NAMES[present],
        "number": list(Step).index(present) + 1,
        "steps": steps,
        "remark": next(state.remark for state in steps if state.step is present),
        "form": form,
        "following": present.following,
        **more,
    }
    template = {Step.DOCUMENTS: "documents.html", Step.BANK: "bank.html"}.get(present, "step.html")
    return render(request, f"partners/onboarding/{template}", context, status=status_of(form))


@require_safe
@member_view(Permission.APPLICATION_SUBMIT)
def document_file(request: MemberRequest, application_id: UUID, document_id: UUID) -> HttpResponseBase:
    """One's own document."""
    return private_file_response(_document(request, application_id, document_id))


@require_POST
@member_view(Permission.APPLICATION_SUBMIT)
def document_remove(request: MemberRequest, application_id: UUID, document_id: UUID) -> HttpResponse:
    """Take a document out."""
    _document(request, application_id, document_id)
    try:
        remove_document(actor=request.actor, application_id=application_id, document_id=document_id, now=utc_now())
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, _("The document is removed."))
    return redirect("portal:application_step", application_id, Step.DOCUMENTS.value)


def _document(request: MemberRequest, application_id: UUID, document_id: UUID) -> ApplicationDocument:
    found = ApplicationDocument.objects.filter(
        pk=document_id, application_id=application_id, organization_id=request.organization.id
    ).first()
    if found is None:
        raise NotFoundError
    return found
