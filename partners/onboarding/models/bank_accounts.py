"""Where an organization's money goes."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import private
from partners.models.organizations import Organization
from partners.onboarding.domain.bank_details import BankAccountKind


class BankAccountKinds(models.TextChoices):
    """How money is sent there."""

    IBAN = BankAccountKind.IBAN.value, _("IBAN (Europe and other countries)")
    CN_COMPANY = BankAccountKind.CN_COMPANY.value, _("Chinese company account")
    CN_CARD = BankAccountKind.CN_CARD.value, _("Chinese bank card")


class BankAccount(PrivateModel):
    """One version of an organization's bank account. Never edited and never deleted: a change is a new row.

    The number is sealed and bound to this row (`partners/onboarding/bank_numbers.py`); `masked` is what people see, and
    `fingerprints` find the same number elsewhere without opening it. Money goes to the row in effect: the latest whose time
    has come and which, where it needs that, a second person has confirmed.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    kind = models.CharField(_("kind"), max_length=12, choices=BankAccountKinds.choices)
    country = models.CharField(_("country"), max_length=2)
    holder_name = models.CharField(_("account holder"), max_length=160)
    bank_name = models.CharField(_("bank"), max_length=160, blank=True)
    branch = models.CharField(_("branch"), max_length=160, blank=True)
    cnaps = models.CharField(_("CNAPS code"), max_length=12, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    sealed_number = models.TextField(editable=False)
    masked = models.CharField(_("number"), max_length=16, editable=False)
    fingerprints = ArrayField(models.CharField(max_length=64), editable=False)
    created_at = models.DateTimeField(_("entered"), default=utc_now)
    created_by = models.CharField(_("by"), max_length=160, blank=True)
    created_by_id = models.UUIDField(null=True, editable=False)
    effective_at = models.DateTimeField(_("in effect from"))
    needs_confirmation = models.BooleanField(_("waits for a second person"), default=False)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization"], name="bank_account_id_organization"),
            models.CheckConstraint(condition=Q(kind__in=BankAccountKinds.values), name="bank_account_kind_known"),
            models.CheckConstraint(
                condition=Q(sealed_number__startswith="sealed1."), name="bank_account_number_sealed"
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["fingerprints"], name="bank_account_fingerprints"),
            models.Index(fields=["organization", "-effective_at"], name="bank_account_in_effect"),
        ]

    def __str__(self) -> str:
        return f"{self.holder_name} {self.masked}"

    def shown(self) -> dict[str, str]:
        """What the host of an application sees of it: everything but the number."""
        columns = ("kind", "country", "holder_name", "bank_name", "branch", "bic", "masked")
        return {column: str(getattr(self, column)) for column in columns}


class BankAccountDecision(PrivateModel):
    """A second person of the organization confirmed a change of the account, or declined it. Once, for good."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", editable=False)
    account = models.OneToOneField(
        BankAccount, models.PROTECT, related_name="decision", db_constraint=False, verbose_name=_("bank account")
    )
    is_confirmed = models.BooleanField(_("confirmed"))
    decided_at = models.DateTimeField(_("decided"))
    decided_by_id = models.UUIDField(editable=False)
    decided_by = models.CharField(_("by"), max_length=160)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("decision on a bank account")
        verbose_name_plural = _("decisions on bank accounts")
        ordering: ClassVar = ["-decided_at", "-id"]

    def __str__(self) -> str:
        return str(self.account_id)
