"""Agreements, their parties, and the chain of terms versions each party accepts."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import SharedModel, Tenancy
from alliance.kernel.tenancy.classes import shared
from partners.domain.terms import Terms
from partners.models.alliances import Alliance
from partners.models.organizations import Organization


class AgreementStatus(models.TextChoices):
    """Where an agreement stands."""

    PROPOSED = "proposed", _("Waiting for signatures")
    SIGNED = "signed", _("Signed")
    ENDED = "ended", _("Ended")


class TermsStatus(models.TextChoices):
    """Where one version of the terms stands."""

    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted by every party")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class TsTzRange(Func):
    """PostgreSQL's half-open range of two instants."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


# Every row of an agreement is seen by the same organizations: those with a seat, the host of the
# alliance (whose book it is), and the proposer, who writes the first rows before any seat exists.
_PARTIES_OF_AGREEMENT = "partners_agreement_parties(NEW.agreement_id)"


class Agreement(SharedModel):
    """A contract between two or more organizations of one alliance."""

    alliance = models.ForeignKey(Alliance, models.PROTECT, related_name="agreements", verbose_name=_("alliance"))
    host = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("host"))
    proposed_by = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", editable=False, verbose_name=_("proposed by")
    )
    name = models.CharField(_("name"), max_length=160)
    currency = models.CharField(_("currency"), max_length=3)
    time_zone = models.CharField(_("time zone"), max_length=64)
    status = models.CharField(
        _("status"), max_length=10, choices=AgreementStatus.choices, default=AgreementStatus.PROPOSED
    )
    created_at = models.DateTimeField(_("created"), default=utc_now, editable=False)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="partners_merged(partners_agreement_parties(NEW.id), ARRAY[NEW.host_id, NEW.proposed_by_id])",
        verbs=("SELECT", "INSERT", "UPDATE"),
    )

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "alliance"], name="agreement_id_alliance"),
            models.CheckConstraint(condition=Q(status__in=AgreementStatus.values), name="agreement_status_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_signed(self) -> bool:
        """Whether every party has accepted a version."""
        return self.status == AgreementStatus.SIGNED


class AgreementParty(SharedModel):
    """One organization's seat at an agreement. `rank` settles ties between equal remainders, lowest first."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="seats", verbose_name=_("agreement"))
    alliance = models.ForeignKey(Alliance, models.PROTECT, related_name="+", editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    rank = models.PositiveSmallIntegerField(_("rank"))

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="partners_merged(partners_agreement_parties(NEW.agreement_id), ARRAY[NEW.organization_id])",
        verbs=("SELECT", "INSERT"),
    )

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering: ClassVar = ["rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "organization"], name="party_once_per_agreement"),
            models.UniqueConstraint(fields=["agreement", "rank"], name="party_rank_once_per_agreement"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} at {self.agreement_id}"


class TermsVersion(SharedModel):
    """One version of an agreement's terms, in force over the half-open `[effective_from, effective_to)`.

    `document` is what the parties sign, in canonical form, and `document_sha256` its hash; both are
    fixed by the database from the first moment. `effective_to` may later be drawn closer, when an
    accepted successor takes over. Accepted versions of one agreement can't overlap, and none is
    accepted without every party's signature under this very hash: the database refuses.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="versions", verbose_name=_("agreement"))
    number = models.PositiveIntegerField(_("version"))
    document = models.JSONField(_("document"))
    document_sha256 = models.CharField(_("content hash"), max_length=64)
    effective_from = models.DateTimeField(_("in force from"))
    effective_to = models.DateTimeField(_("until"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=TermsStatus.choices, default=TermsStatus.PROPOSED)
    proposed_by = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    created_at = models.DateTimeField(_("created"), default=utc_now, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    tenancy: ClassVar[Tenancy] = shared(parties_sql=_PARTIES_OF_AGREEMENT, verbs=("SELECT", "INSERT", "UPDATE"))

    class Meta:
        verbose_name = _("terms version")
        verbose_name_plural = _("terms versions")
        ordering: ClassVar = ["agreement", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "number"], name="terms_number_once"),
            models.UniqueConstraint(fields=["id", "agreement"], name="terms_id_agreement"),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
                name="terms_range_not_empty",
            ),
            models.CheckConstraint(condition=Q(status__in=TermsStatus.values), name="terms_status_known"),
            ExclusionConstraint(
                name="accepted_terms_never_overlap",
                expressions=[
                    ("agreement", RangeOperators.EQUAL),
                    (TsTzRange("effective_from", "effective_to", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(status="accepted"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} v{self.number}"

    def parsed(self) -> Terms:
        """The terms as the domain object."""
        return Terms.from_json(self.document["terms"])

    @property
    def is_open(self) -> bool:
        """Whether signatures are still being collected."""
        return self.status == TermsStatus.PROPOSED


class Acceptance(SharedModel):
    """One party's signature under one version: who, when, from where, under which exact text. Never changed."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+")
    version = models.ForeignKey(TermsVersion, models.PROTECT, related_name="acceptances", verbose_name=_("version"))
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("person")
    )
    signer_name = models.CharField(_("name"), max_length=120)
    signer_role = models.CharField(_("role"), max_length=12)
    language = models.CharField(_("language"), max_length=10)
    ip_prefix = models.CharField(_("network"), max_length=64, blank=True)
    document_sha256 = models.CharField(_("content hash"), max_length=64)
    accepted_at = models.DateTimeField(_("accepted"))

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql=_PARTIES_OF_AGREEMENT,
        owner_column="organization_id",
        verbs=("SELECT", "INSERT"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "organization"], name="accepted_once_per_party")
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} accepts {self.version_id}"
