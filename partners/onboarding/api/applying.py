"""Operations of the API for the applicant: begin, save step by step, bring documents, hand in, take back.

A company that is new here begins in the portal, where a person proves an address and becomes its owner; from then on that
person's session does the rest. An organization that is here already may use a key for all but the handing in.
"""

from uuid import UUID

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from alliance.kernel.errors import NotFoundError
from alliance.kernel.files import private_file_response
from alliance.kernel.http.api import AnyFormat, OrganizationAPIView, own
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from partners.models import ApplicationDocument, PartnerApplication
from partners.onboarding.api.applying_examples import (
    AUDIENCE_EXAMPLES,
    BANK_EXAMPLES,
    COMPANY_EXAMPLES,
    CONTACTS_EXAMPLES,
    DOCUMENT_EXAMPLES,
    OWN_EXAMPLES,
    PAGE_EXAMPLES,
    START_EXAMPLES,
)
from partners.onboarding.api.applying_shapes import (
    ApplicationStartInput,
    AudienceInput,
    BankInput,
    CompanyInput,
    ContactsInput,
    DocumentInput,
    OwnApplicationShape,
    PublicPageShape,
)
from partners.onboarding.api.rows import shown, with_documents
from partners.onboarding.api.shapes import DocumentShape, OwnApplicationFilter
from partners.onboarding.domain.answers import Audience, Company, Contacts
from partners.onboarding.selectors import application_page, incomplete_steps
from partners.onboarding.services.remove_document import remove_document
from partners.onboarding.services.save_answers import save_answers
from partners.onboarding.services.save_bank_account import save_bank_account
from partners.onboarding.services.start_application import start_application
from partners.onboarding.services.submit_application import submit_application
from partners.onboarding.services.upload_document import upload_document
from partners.onboarding.services.withdraw_application import withdraw_application

ANY_FILE = (200, "application/octet-stream")


class ApplicantView(OrganizationAPIView):
    """Whatever concerns the caller's own applications."""

    required_permissions = {}

    def require_own(self, application_id: UUID) -> None:
        """Raise `NotFoundError` for an application of somebody else's, also for one that the caller reviews."""
        own(PartnerApplication.objects.filter(organization_id=self.actor.organization_id), application_id)

    def application(self, application_id: UUID) -> Response:
        """The application as it stands now."""
        rows = with_documents().filter(organization_id=self.actor.organization_id)
        return Response(_body(own(rows, application_id)))


class ApplicationPageView(OrganizationAPIView):
    """An alliance's application page."""

    required_permissions = {"GET": Permission.APPLICATION_SUBMIT}

    @extend_schema(
        operation_id="get_application_page",
        tags=["applications"],
        responses=PublicPageShape,
        examples=PAGE_EXAMPLES,
    )
    def get(self, request: Request, slug: str) -> Response:
        """Who invites, whether applications are taken at present, and what an applicant must bring."""
        self.query(NoParameters)
        page = application_page(slug=slug)
        if page is None:
            raise NotFoundError
        return Response(PublicPageShape(page).data)


class OwnApplicationView(ApplicantView):
    """The caller's own application."""

    required_permissions = {"GET": Permission.APPLICATION_SUBMIT, "POST": Permission.APPLICATION_SUBMIT}

    @extend_schema(
        operation_id="get_own_application",
        tags=["applications"],
        parameters=[OwnApplicationFilter],
        responses=OwnApplicationShape,
        examples=OWN_EXAMPLES,
    )
    def get(self, request: Request) -> Response:
        """The newest application of the caller's organization, or to one alliance; 404 when there is none."""
        filters = self.query(OwnApplicationFilter)
        rows = with_documents().filter(organization_id=self.actor.organization_id, **filters)
        newest = rows.order_by("-id").first()
        if newest is None:
            raise NotFoundError
        return Response(_body(newest))

    @extend_schema(
        operation_id="start_application",
        tags=["applications"],
        request=ApplicationStartInput,
        responses={201: OwnApplicationShape},
        examples=START_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """Begin an application to the alliance of a page, filled in from the last one. One that is open is gone on with."""
        slug = self.body(ApplicationStartInput)["page"]
        application_id = start_application(actor=self.actor, slug=slug, now=self.now)
        response = self.application(application_id)
        response.status_code = status.HTTP_201_CREATED
        response["Location"] = reverse("api:own_application_by_id", args=[application_id], request=request)
        return response


class OwnApplicationByIdView(ApplicantView):
    """One of the caller's own applications."""

    required_permissions = {"GET": Permission.APPLICATION_SUBMIT}

    @extend_schema(
        operation_id="get_own_application_by_id",
        tags=["applications"],
        responses=OwnApplicationShape,
        examples=OWN_EXAMPLES,
    )
    def get(self, request: Request, application_id: UUID) -> Response:
        """One application with its answers, and the steps that keep it from being submitted."""
        self.query(NoParameters)
        return self.application(application_id)


class _AnswersView(ApplicantView):
    """One step of answers."""

    required_permissions = {}

    def keep(self, application_id: UUID, answers: Company | Audience | Contacts) -> Response:
        """Keep the step; the application as it stands now."""
        save_answers(actor=self.actor, application_id=application_id, answers=answers, now=self.now)
        return self.application(application_id)


class ApplicationCompanyView(_AnswersView):
    """The step about the legal entity."""

    required_permissions = {"PUT": Permission.APPLICATION_SUBMIT}

    @extend_schema(
        operation_id="save_application_company",
        tags=["applications"],
        request=CompanyInput,
        responses=OwnApplicationShape,
        examples=COMPANY_EXAMPLES,
    )
    def put(self, request: Request, application_id: UUID) -> Response:
        """Save the step, whole: what is left out is empty. Numbers are checked by their country's rules.

        409 `application_elsewhere` while the host has the application in hand.
        """
        return self.keep(application_id, Company(**self.body(CompanyInput)))


class ApplicationAudienceView(_AnswersView):
    """The step about whom the company reaches."""

    required_permissions = {"PUT": Permission.APPLICATION_SUBMIT}

    @extend_schema(
        operation_id="save_application_audience",
        tags=["applications"],
        request=AudienceInput,
        responses=OwnApplicationShape,
        examples=AUDIENCE_EXAMPLES,
    )
    def put(self, request: Request, application_id: UUID) -> Response:
        """Save the step, whole: what is left out is empty."""
        return self.keep(application_id, Audience(**self.body(AudienceInput)))


class ApplicationContactsView(_AnswersView):
    """The step about who answers."""

    required_permissions = {"PUT": Permission.APPLICATION_SUBMIT}

    @extend_schema(
        operation_id="save_application_contacts",
        tags=["applications"],
        request=ContactsInput,
        responses=OwnApplicationShape,
        examples=CONTACTS_EXAMPLES,
    )
    def put(self, request: Request, application_id: UUID) -> Response:
        """Save the step, whole: what is left out is empty."""
        return self.keep(application_id, Contacts(**self.body(ContactsInput)))


class ApplicationBankView(ApplicantView):
    """The step about the bank account."""

    required_permissions = {"PUT": Permission.APPLICATION_SUBMIT}

    @extend_schema(
        operation_id="save_application_bank_account",
        tags=["applications"],
        request=BankInput,
        responses=OwnApplicationShape,
        examples=BANK_EXAMPLES,
    )
    def put(self, request: Request, application_id: UUID) -> Response:
        """Save the account with the application. Its number is kept sealed and never shown again, but for the last four signs.

        409 `bank_account_in_use` for an organization that is paid already: it changes its account as such.
        """
        details = self.body(BankInput)
        save_bank_account(
            actor=self.actor, application_id=application_id, details=BankInput.details(details), now=self.now
        )
        return self.application(application_id)


class ApplicationDocumentsView(ApplicantView):
    """Documents of an own application."""

    required_permissions = {"POST": Permission.APPLICATION_SUBMIT}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="upload_application_document",
        tags=["applications"],
        request={"multipart/form-data": DocumentInput},
        responses={201: DocumentShape},
        examples=DOCUMENT_EXAMPLES,
    )
    def post(self, request: Request, application_id: UUID) -> Response:
        """Add a PDF, PNG or JPEG; its bytes decide what it is. The host sees it once the application is submitted."""
        self.require_own(application_id)
        given = self.body(DocumentInput)
        document_id = upload_document(
            actor=self.actor,
            application_id=application_id,
            kind=given["kind"],
            content=given["file"],
            name=str(given["file"].name),
            now=self.now,
        )
        row = ApplicationDocument.objects.get(pk=document_id)
        address = reverse("api:application_own_document", args=[application_id, document_id], request=request)
        return Response(DocumentShape(row).data, status=status.HTTP_201_CREATED, headers={"Location": address})


class ApplicationDocumentView(ApplicantView):
    """One document of an own application."""

    required_permissions = {"GET": Permission.APPLICATION_SUBMIT, "DELETE": Permission.APPLICATION_SUBMIT}
    content_negotiation_class = AnyFormat

    @extend_schema(
        operation_id="download_own_document", tags=["applications"], responses={ANY_FILE: OpenApiTypes.BINARY}
    )
    def get(self, request: Request, application_id: UUID, document_id: UUID) -> FileResponse:
        """The file as it was uploaded."""
        self.query(NoParameters)
        self.require_own(application_id)
        return private_file_response(
            own(ApplicationDocument.objects.filter(application_id=application_id), document_id)
        )

    @extend_schema(
        operation_id="remove_application_document", tags=["applications"], request=None, responses={204: None}
    )
    def delete(self, request: Request, application_id: UUID, document_id: UUID) -> Response:
        """Take a document out: for good as long as the host has not seen it, else it is marked as removed."""
        remove_document(actor=self.actor, application_id=application_id, document_id=document_id, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ApplicationSubmitView(ApplicantView):
    """Handing an application in."""

    is_for_people = True
    required_permissions = {"POST": Permission.APPLICATION_SUBMIT}

    @extend_schema(
        operation_id="submit_application", tags=["applications"], request=None, responses=OwnApplicationShape
    )
    def post(self, request: Request, application_id: UUID) -> Response:
        """Hand the application to the host. A person does, whose address is proven. Repeating it changes nothing.

        422 `application_incomplete` names each step that is missing or wrong.
        """
        self.body(NoParameters)
        submit_application(actor=self.actor, application_id=application_id, now=self.now)
        return self.application(application_id)


class ApplicationWithdrawView(ApplicantView):
    """Taking an application back."""

    required_permissions = {"POST": Permission.APPLICATION_SUBMIT}

    @extend_schema(
        operation_id="withdraw_application", tags=["applications"], request=None, responses=OwnApplicationShape
    )
    def post(self, request: Request, application_id: UUID) -> Response:
        """Take the application back; another one may be begun at once. Repeating it changes nothing."""
        self.body(NoParameters)
        withdraw_application(actor=self.actor, application_id=application_id, now=self.now)
        return self.application(application_id)


def _body(application: PartnerApplication) -> dict[str, object]:
    page = application_page(alliance_id=application.alliance_id)
    required = page.required_documents if page else ()
    missing = incomplete_steps(application, required_documents=required)
    context = {"required_documents": required, "incomplete_steps": missing}
    return dict(OwnApplicationShape(shown(application), context=context).data)
