"""What organizations say of their taxes, and the certificates that partners give to hosts."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.files.rows import FileRow
from alliance.kernel.tenancy import PrivateModel, SharedModel, Tenancy
from alliance.kernel.tenancy.classes import private, shared


class TaxProfile(PrivateModel):
    """Who an organization is to tax authorities. Its hosts read it through `settlements_tax_profile()`, for invoices."""

    organization = models.OneToOneField("partners.Organization", models.PROTECT, related_name="+", editable=False)
    legal_name = models.CharField(_("legal name"), max_length=160)
    address = models.CharField(_("address"), max_length=300)
    country = models.CharField(_("tax residence"), max_length=2)
    vat_number = models.CharField(_("VAT number"), max_length=40, blank=True)
    is_small = models.BooleanField(_("small taxpayer"), default=False)
    accepts_self_billing = models.BooleanField(_("accepts self-billing invoices"), default=False)
    changed_by = models.CharField(_("by"), max_length=160)
    changed_at = models.DateTimeField(_("changed"))

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT", "UPDATE"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("tax settings")
        verbose_name_plural = _("tax settings")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(legal_name="") & ~Q(address="") & Q(country__regex=r"^[A-Z]{2}$"),
                name="tax_profile_complete",
            ),
        ]

    def __str__(self) -> str:
        return self.legal_name


class CertificateKind(models.TextChoices):
    """What a certificate shows."""

    TREATY = "treaty", _("Reduced rate under a tax treaty")
    RESIDENCE = "residence", _("Tax residence")


class CertificateState(models.TextChoices):
    """Whether the host counts it."""

    SUBMITTED = "submitted", _("Waits for the host")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")


class TaxCertificate(SharedModel, FileRow):
    """A certificate that a partner gives to one host, with the document. Accepted, it counts on its days, both included."""

    organization = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", verbose_name=_("organization")
    )
    host = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", verbose_name=_("host"))
    kind = models.CharField(_("kind"), max_length=10, choices=CertificateKind.choices)
    number = models.CharField(_("number"), max_length=60)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=9, choices=CertificateState.choices, default=CertificateState.SUBMITTED
    )
    submitted_by = models.CharField(_("by"), max_length=160)
    submitted_at = models.DateTimeField(_("submitted"))
    decided_by = models.CharField(_("decided by"), max_length=160, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="ARRAY[NEW.organization_id, NEW.host_id]",
        verbs=("SELECT", "INSERT", "UPDATE"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("tax certificate")
        verbose_name_plural = _("tax certificates")
        ordering: ClassVar = ["-submitted_at", "-id"]
        constraints: ClassVar = [
            *FileRow.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=CertificateKind.values), name="certificate_kind_known"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="certificate_has_days"
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", decided_at__isnull=True)
                | Q(state__in=["accepted", "declined"], decided_at__isnull=False),
                name="certificate_decided_says_when",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_waiting(self) -> bool:
        """Whether the host has not decided yet."""
        return self.state == CertificateState.SUBMITTED
