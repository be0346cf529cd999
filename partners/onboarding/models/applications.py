"""Applications of companies for a place in an alliance."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.files.rows import FileRow
from alliance.kernel.tenancy import GlobalModel, SharedModel, Tenancy
from alliance.kernel.tenancy.classes import ALL_VERBS, global_rows, shared
from partners.models.alliances import Alliance
from partners.models.organizations import Organization
from partners.onboarding.domain.answers import Audience, Company, Contacts
from partners.onboarding.domain.lifecycle import EDITABLE, OPEN, Status
from partners.onboarding.models.bank_accounts import BankAccount


class PartnerApplicationStatus(models.TextChoices):
    """Where an application stands; the ways between are those of `domain/lifecycle.py`."""

    DRAFT = Status.DRAFT.value, _("Being filled in")
    SUBMITTED = Status.SUBMITTED.value, _("Submitted")
    IN_REVIEW = Status.IN_REVIEW.value, _("In review")
    CHANGES_REQUESTED = Status.CHANGES_REQUESTED.value, _("Changes requested")
    APPROVED = Status.APPROVED.value, _("Approved")
    REJECTED = Status.REJECTED.value, _("Rejected")
    WITHDRAWN = Status.WITHDRAWN.value, _("Withdrawn")


class DocumentKind(models.TextChoices):
    """What a document proves."""

    BUSINESS_LICENCE = "business_licence", _("Business licence")
    BANK_PROOF = "bank_proof", _("Proof of the bank account")
    TAX_CERTIFICATE = "tax_certificate", _("Tax certificate")
    OTHER = "other", _("Another document")


# The applicant alone until the first submission; then the host of the alliance too.
_APPLICANT_THEN_HOST = "CASE WHEN NEW.submitted_at IS NULL THEN ARRAY[NEW.organization_id] ELSE ARRAY[NEW.organization_id, NEW.host_id] END"


class PartnerApplication(SharedModel):
    """One organization asks for a place in one alliance.

    The answers are the applicant's and change only while the application is open to it; what is decided is the host's.
    Who may move `status` where is guarded by the trigger `partners_application_guard`. `alliance_name` and `host_name`
    are as they were when the application began: the applicant does not see the alliance itself yet. `tax_keys` and
    `web_domain` find other companies that are the same one.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("applicant"))
    alliance = models.ForeignKey(Alliance, models.PROTECT, related_name="+", verbose_name=_("alliance"))
    host = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("host"))
    alliance_name = models.CharField(_("alliance"), max_length=160)
    host_name = models.CharField(_("host"), max_length=160)
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=PartnerApplicationStatus.choices,
        default=PartnerApplicationStatus.DRAFT,
    )
    name = models.CharField(_("company"), max_length=160)
    country = models.CharField(_("country"), max_length=2, blank=True)
    industry = models.CharField(_("industry"), max_length=40, blank=True)
    company = models.JSONField(_("company"), default=dict)
    audience = models.JSONField(_("audience"), default=dict)
    contacts = models.JSONField(_("contacts"), default=dict)
    bank_account = models.ForeignKey(
        BankAccount, models.PROTECT, null=True, related_name="+", verbose_name=_("bank account")
    )
    bank_details = models.JSONField(_("bank account"), default=dict)
    tax_keys = ArrayField(models.CharField(max_length=40), default=list, editable=False)
    web_domain = models.CharField(max_length=253, blank=True, editable=False)
    applicant_email = models.EmailField(_("proven e-mail of who submitted"), blank=True)
    created_at = models.DateTimeField(_("begun"), default=utc_now)
    saved_at = models.DateTimeField(_("last saved"), default=utc_now)
    submitted_at = models.DateTimeField(_("first submitted"), null=True, blank=True)
    last_submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    requested_changes = models.JSONField(_("requested changes"), default=dict)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    reapply_on = models.DateField(_("may apply again from"), null=True, blank=True)

    tenancy: ClassVar[Tenancy] = shared(parties_sql=_APPLICANT_THEN_HOST, verbs=("SELECT", "INSERT", "UPDATE"))

    class Meta:
        verbose_name = _("partner application")
        verbose_name_plural = _("partner applications")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization"], name="application_id_organization"),
            models.UniqueConstraint(fields=["id", "host"], name="application_id_host"),
            models.UniqueConstraint(
                fields=["organization", "alliance"],
                condition=Q(status__in=sorted(status.value for status in OPEN)),
                name="application_open_once_per_alliance",
            ),
            models.CheckConstraint(
                condition=Q(status__in=PartnerApplicationStatus.values), name="partner_application_status_known"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, status__in=["draft", "withdrawn"])
                | Q(submitted_at__isnull=False, last_submitted_at__isnull=False, bank_account__isnull=False)
                & ~Q(status="draft")
                & ~Q(company={})
                & ~Q(audience={})
                & ~Q(contacts={}),
                name="application_submitted_complete",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["approved", "rejected"], decided_at__isnull=False)
                | Q(decided_at__isnull=True) & ~Q(status__in=["approved", "rejected"]),
                name="application_decided_has_instant",
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(reason=""), name="application_rejected_for_a_reason"
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["tax_keys"], name="application_tax_keys"),
            models.Index(fields=["web_domain"], condition=~Q(web_domain=""), name="application_web_domain"),
            models.Index(fields=["host", "status", "-id"], name="application_queue"),
            models.Index(fields=["organization", "-id"], name="application_of_organization"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_editable(self) -> bool:
        """Whether the applicant may change the answers now."""
        return self.status in EDITABLE

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided or withdrawn it."""
        return self.status in OPEN

    def parsed_company(self) -> Company:
        """The legal entity."""
        return Company.from_json(self.company)

    def parsed_audience(self) -> Audience:
        """Whom it reaches."""
        return Audience.from_json(self.audience)

    def parsed_contacts(self) -> Contacts:
        """Who answers for it."""
        return Contacts.from_json(self.contacts)


class ApplicationDocument(SharedModel, FileRow):
    """One document of an application. The host sees it from the submission on that contains it.

    Before that it may be deleted; afterwards it may only be marked as no longer valid. Only the applicant writes.
    """

    application = models.ForeignKey(
        PartnerApplication, models.PROTECT, related_name="documents", verbose_name=_("application")
    )
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("applicant"))
    host = models.ForeignKey(Organization, models.PROTECT, related_name="+", editable=False)
    kind = models.CharField(_("what it proves"), max_length=24, choices=DocumentKind.choices)
    uploaded_at = models.DateTimeField(_("uploaded"), default=utc_now)
    uploaded_by = models.CharField(_("by"), max_length=160, blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    removed_at = models.DateTimeField(_("no longer valid since"), null=True, blank=True)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql=_APPLICANT_THEN_HOST, owner_column="organization_id", operator_verbs=("SELECT",)
    )

    class Meta(FileRow.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            *FileRow.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="document_kind_known"),
        ]

    def __str__(self) -> str:
        return self.file_name


class ApplicationIntent(GlobalModel):
    """Somebody signed up on an application page: after the address is proven they are led on to it, on any device."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    slug = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=utc_now)

    tenancy: ClassVar[Tenancy] = global_rows(verbs=ALL_VERBS)

    class Meta:
        verbose_name = _("intent to apply")
        verbose_name_plural = _("intents to apply")

    def __str__(self) -> str:
        return self.slug
