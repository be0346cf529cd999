"""How agreements end and go on, and what is kept of them: endings, renewals, files, copies, reminders."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.kernel.clock import utc_now
from alliance.kernel.files.rows import FileRow
from alliance.kernel.tenancy import PrivateModel, SharedModel, Tenancy
from alliance.kernel.tenancy.classes import shared
from partners.domain.endings import LONGEST_REASON, EndingKind
from partners.models.agreements import PARTIES_OF_AGREEMENT, Agreement, TermsVersion
from partners.models.organizations import Organization
from partners.models.signatures import SignatureColumns


class EndingKindChoice(models.TextChoices):
    """By what an agreement ends."""

    NOTICE = EndingKind.NOTICE.value, _("Notice")
    MUTUAL = EndingKind.MUTUAL.value, _("Mutual consent")
    CAUSE = EndingKind.CAUSE.value, _("Cause, at once")
    EXPIRY = EndingKind.EXPIRY.value, _("Expiry")


class EndingStatus(models.TextChoices):
    """Where an ending stands."""

    PROPOSED = "proposed", _("Waiting for signatures")
    STANDING = "standing", _("Stands")
    REVOKED = "revoked", _("Withdrawn by every party")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Lapsed with the agreement")


class Ending(SharedModel):
    """One act that ends an agreement: a notice, a mutual consent, an end for cause, or the expiry of its last version.

    A notice, a cause and an expiry stand at once; a mutual ending stands when every party has signed its hash. The
    agreement ends with the earliest that stands. Before that instant every party together may revoke one.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="endings", verbose_name=_("agreement"))
    kind = models.CharField(_("kind"), max_length=10, choices=EndingKindChoice.choices)
    status = models.CharField(_("status"), max_length=10, choices=EndingStatus.choices)
    version = models.ForeignKey(
        TermsVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("under version")
    )
    declared_by = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("declared by")
    )
    declared_at = models.DateTimeField(_("declared"))
    ends_at = models.DateTimeField(_("ends"))
    reason = models.TextField(_("reason"), blank=True, max_length=LONGEST_REASON)
    document = models.JSONField(_("document"))
    document_sha256 = models.CharField(_("content hash"), max_length=64)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )
    settle_reason = models.TextField(_("reason given"), blank=True, max_length=LONGEST_REASON)

    tenancy: ClassVar[Tenancy] = shared(parties_sql=PARTIES_OF_AGREEMENT, verbs=("SELECT", "INSERT", "UPDATE"))

    class Meta:
        verbose_name = _("ending")
        verbose_name_plural = _("endings")
        ordering: ClassVar = ["agreement", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "agreement"], name="ending_id_agreement"),
            models.CheckConstraint(condition=Q(kind__in=EndingKindChoice.values), name="ending_kind_known"),
            models.CheckConstraint(condition=Q(status__in=EndingStatus.values), name="ending_status_known"),
            models.CheckConstraint(
                condition=Q(kind="expiry", declared_by__isnull=True)
                | (~Q(kind="expiry") & Q(declared_by__isnull=False)),
                name="ending_declared_by_a_party",
            ),
            models.CheckConstraint(
                condition=Q(kind="expiry", declared_at__gte=F("ends_at"))
                | Q(kind="cause", ends_at=F("declared_at"))
                | Q(kind__in=["notice", "mutual"], ends_at__gt=F("declared_at")),
                name="ending_in_its_time",
            ),
            models.CheckConstraint(condition=~Q(kind="cause", reason=""), name="ending_cause_named"),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(kind="notice", status="standing"),
                name="one_notice_stands",
            ),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(kind="mutual", status="proposed"),
                name="one_ending_proposed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.agreement_id}"

    @property
    def is_open(self) -> bool:
        """Whether signatures under it are being collected."""
        return self.status == EndingStatus.PROPOSED

    @property
    def is_standing(self) -> bool:
        """Whether it ends the agreement."""
        return self.status == EndingStatus.STANDING


class SignaturePurpose(models.TextChoices):
    """What a signature under an ending says."""

    END = "end", _("Ends the agreement")
    REVOKE = "revoke", _("Lets the agreement go on")


class EndingSignature(SharedModel, SignatureColumns):
    """One party's signature under an ending, or for its being revoked. Never changed."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+")
    ending = models.ForeignKey(Ending, models.PROTECT, related_name="signatures", verbose_name=_("ending"))
    purpose = models.CharField(_("purpose"), max_length=6, choices=SignaturePurpose.choices)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    signed_at = models.DateTimeField(_("signed"))

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql=PARTIES_OF_AGREEMENT,
        owner_column="organization_id",
        verbs=("SELECT", "INSERT"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("signature under an ending")
        verbose_name_plural = _("signatures under endings")
        ordering: ClassVar = ["ending", "signed_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ending", "purpose", "organization"], name="ending_signed_once_per_party"),
            models.CheckConstraint(condition=Q(purpose__in=SignaturePurpose.values), name="ending_purpose_known"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} signs {self.ending_id}"


class Renewal(SharedModel):
    """One more term of a version that renews itself, noted when it began. The force of the terms does not hang on it."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+")
    version = models.ForeignKey(TermsVersion, models.PROTECT, related_name="renewals", verbose_name=_("version"))
    term_from = models.DateTimeField(_("term from"))
    term_to = models.DateTimeField(_("term to"))
    created_at = models.DateTimeField(_("noted"), default=utc_now, editable=False)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql=PARTIES_OF_AGREEMENT, verbs=("SELECT", "INSERT"), operator_verbs=("SELECT",)
    )

    class Meta:
        verbose_name = _("renewal")
        verbose_name_plural = _("renewals")
        ordering: ClassVar = ["version", "term_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "term_from"], name="renewed_once_per_term"),
            models.CheckConstraint(condition=Q(term_to__gt=F("term_from")), name="renewal_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} from {self.term_from}"


class AgreementFile(SharedModel, FileRow):
    """A file that a party attaches to what is signed. Its organization's alone until it is part of a proposal.

    From then on it belongs to the agreement, is seen by every party and never changed or removed.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, blank=True, related_name="files", verbose_name=_("agreement")
    )
    created_at = models.DateTimeField(_("uploaded"), default=utc_now, editable=False)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="partners_file_parties(NEW.organization_id, NEW.agreement_id)", owner_column="organization_id"
    )

    class Meta(FileRow.Meta):
        verbose_name = _("file of an agreement")
        verbose_name_plural = _("files of agreements")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            *FileRow.Meta.constraints,
            models.UniqueConstraint(fields=["id", "agreement"], name="agreement_file_id_agreement"),
            models.UniqueConstraint(fields=["id", "organization"], name="agreement_file_id_organization"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=Q(agreement__isnull=True), name="agreement_file_loose")
        ]

    def __str__(self) -> str:
        return self.file_name


class SignedCopy(SharedModel, FileRow):
    """The PDF of one accepted version with its evidence, made once when it was accepted. Never changed."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+", verbose_name=_("agreement"))
    version = models.OneToOneField(TermsVersion, models.PROTECT, related_name="signed_copy", verbose_name=_("version"))
    host = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("host"))
    created_at = models.DateTimeField(_("created"), default=utc_now, editable=False)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql=PARTIES_OF_AGREEMENT,
        owner_column="host_id",
        verbs=("SELECT", "INSERT"),
        operator_verbs=("SELECT",),
    )

    class Meta(FileRow.Meta):
        verbose_name = _("signed copy")
        verbose_name_plural = _("signed copies")
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class Reminder(PrivateModel):
    """One reminder to one party: of a version, an ending, or a date, so many days before or after. Once each."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("agreement")
    )
    kind = models.CharField(_("kind"), max_length=20)
    subject_id = models.UUIDField(pgettext_lazy("belongs to", "of"))
    on = models.DateField(_("for the day"))
    days = models.PositiveSmallIntegerField(_("days"))
    sent_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "kind", "subject_id", "on", "days"], name="reminded_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.agreement_id}"
