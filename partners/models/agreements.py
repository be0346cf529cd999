"""Agreements, their parties, and the chain of terms versions each party accepts."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import SharedModel, Tenancy
from alliance.kernel.tenancy.classes import shared
from partners.domain.document import end_rule_of, texts_of
from partners.domain.end_rule import AtEnd, EndRule
from partners.domain.endings import LONGEST_REASON
from partners.domain.supplement import Paper
from partners.domain.terms import Terms
from partners.models.alliances import Alliance
from partners.models.organizations import Organization
from partners.models.signatures import SignatureColumns


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
    DECLINED = "declined", _("Declined")
    REPLACED = "replaced", _("Answered by another proposal")
    LAPSED = "lapsed", _("Lapsed with the agreement")


SETTLED_WITHOUT_FORCE = frozenset(
    {TermsStatus.WITHDRAWN, TermsStatus.DECLINED, TermsStatus.REPLACED, TermsStatus.LAPSED}
)


class AtEndChoice(models.TextChoices):
    """What happens when the end that was signed is reached."""

    EXPIRE = AtEnd.EXPIRE.value, _("The terms expire")
    RENEW = AtEnd.RENEW.value, _("They are renewed")
    FALL_BACK = AtEnd.FALL_BACK.value, _("An earlier version applies again")


class TsTzRange(Func):
    """PostgreSQL's half-open range of two instants."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


# Every row of an agreement is seen by the same organizations: those with a seat, the host of the
# alliance (whose book it is), and the proposer, who writes the first rows before any seat exists.
PARTIES_OF_AGREEMENT = "partners_agreement_parties(NEW.agreement_id)"


class Agreement(SharedModel):
    """A contract between two or more organizations of one alliance.

    `ends_at` is when it is over as a whole, whatever its versions say: the earliest of the endings that stand. The
    database writes it when an ending comes to stand or is withdrawn, and takes it from nobody else.
    """

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
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True, editable=False)
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
            models.UniqueConstraint(fields=["id", "host"], name="agreement_id_host"),
            models.CheckConstraint(condition=Q(status__in=AgreementStatus.values), name="agreement_status_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ends_at"], condition=Q(status="signed"), name="agreement_to_end"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_signed(self) -> bool:
        """Whether every party has accepted a version."""
        return self.status == AgreementStatus.SIGNED

    @property
    def is_ended(self) -> bool:
        """Whether nothing more happens under it."""
        return self.status == AgreementStatus.ENDED

    def is_over_by(self, instant: datetime) -> bool:
        """Whether it has an end, at `instant` or before."""
        return self.ends_at is not None and self.ends_at <= instant


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

    `document` is what the parties sign, in canonical form, and `document_sha256` its hash; the database
    checks that the hash is the document's, that the columns say what it says, and keeps both as they are.
    `signed_until` is the end that was signed. `effective_to` is the end of force: open while a version
    renews itself, and drawn closer when an accepted successor takes over. Accepted versions of one
    agreement can't overlap, and none is accepted without every party's signature under this very hash.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="versions", verbose_name=_("agreement"))
    number = models.PositiveIntegerField(_("version"))
    document = models.JSONField(_("document"))
    document_sha256 = models.CharField(_("content hash"), max_length=64)
    effective_from = models.DateTimeField(_("in force from"))
    effective_to = models.DateTimeField(_("until"), null=True, blank=True)
    signed_until = models.DateTimeField(_("signed until"), null=True, blank=True)
    at_end = models.CharField(_("at the end"), max_length=10, choices=AtEndChoice.choices, default=AtEndChoice.EXPIRE)
    fallback = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("falls back to")
    )
    answers = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="answered_by", verbose_name=_("answers")
    )
    attached = models.ForeignKey(
        "partners.AgreementFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("attached file"),
    )
    status = models.CharField(_("status"), max_length=10, choices=TermsStatus.choices, default=TermsStatus.PROPOSED)
    proposed_by = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    created_at = models.DateTimeField(_("created"), default=utc_now, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("closed by"),
    )
    close_reason = models.TextField(_("reason"), blank=True, max_length=LONGEST_REASON)

    tenancy: ClassVar[Tenancy] = shared(parties_sql=PARTIES_OF_AGREEMENT, verbs=("SELECT", "INSERT", "UPDATE"))

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
            models.CheckConstraint(condition=Q(at_end__in=AtEndChoice.values), name="terms_at_end_known"),
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
    def end_rule(self) -> EndRule:
        """How it ends."""
        return end_rule_of(self.document)

    @property
    def paper(self) -> Paper:
        """What is signed beside the terms, as a later version may say it again."""
        return Paper(self.end_rule, texts_of(self.document), self.attached_id)

    @property
    def is_open(self) -> bool:
        """Whether signatures are still being collected."""
        return self.status == TermsStatus.PROPOSED

    @property
    def is_accepted(self) -> bool:
        """Whether every party has signed."""
        return self.status == TermsStatus.ACCEPTED

    def covers(self, instant: datetime) -> bool:
        """Whether `instant` lies in its range; whether it binds then, its status and its agreement's end say too."""
        return self.effective_from <= instant and (self.effective_to is None or instant < self.effective_to)


class Acceptance(SharedModel, SignatureColumns):
    """One party's signature under one version: who, when, from where, under which exact text. Never changed."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+")
    version = models.ForeignKey(TermsVersion, models.PROTECT, related_name="acceptances", verbose_name=_("version"))
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    accepted_at = models.DateTimeField(_("accepted"))

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql=PARTIES_OF_AGREEMENT,
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
