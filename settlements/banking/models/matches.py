"""What people take bank entries for: proposed by one, approved by another."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import Tenancy
from alliance.kernel.tenancy.classes import private
from settlements.banking.domain.matching import Basis, MatchKind
from settlements.banking.models.statements import BankEntry, OfBank
from settlements.payouts.models import Payout


class MatchKinds(models.TextChoices):
    """What an entry is taken for."""

    PAYOUT = MatchKind.PAYOUT.value, _("Payment of a payout")
    RETURN = MatchKind.RETURN.value, _("Payout that came back")
    FEE = MatchKind.FEE.value, _("Bank fee")
    CUSTOMERS = MatchKind.CUSTOMERS.value, _("Money of customers")
    REPAYMENT = MatchKind.REPAYMENT.value, _("Repayment of a partner's debt")
    SUSPENSE = MatchKind.SUSPENSE.value, _("Not known yet: into suspense")


class Bases(models.TextChoices):
    """Why it is taken for that."""

    REFERENCE = Basis.REFERENCE.value, _("Reference")
    ACCOUNT = Basis.ACCOUNT.value, _("Amount and account")
    NAME = Basis.NAME.value, _("Amount and name")
    CHARGE = Basis.CHARGE.value, _("The bank says so")
    UNKNOWN = Basis.UNKNOWN.value, _("Nothing fits")
    PERSON = Basis.PERSON.value, _("Somebody's decision")


class MatchState(models.TextChoices):
    """Where it stands."""

    WAITING = "waiting", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    REPLACED = "replaced", _("Replaced")


_LIVE = Q(state__in=["waiting", "approved"])
_PAYS = Q(kind__in=["payout", "return"])
_REPAYS = Q(kind="repayment")


class BankMatch(OfBank):
    """An entry taken for something; nothing is posted before somebody else than `proposed_by` has approved it.

    `difference_minor` is by how much more left the account than the payout was, or less came back: a bank fee. An entry in
    suspense may be taken for something else later; then the suspense is reversed and its match replaced. `journal_ids`
    are what the approval posted by itself; those of a payout stand in its timeline. A repayment names who paid back what it
    owed, and under which agreement.
    """

    entry = models.ForeignKey(
        BankEntry, models.PROTECT, related_name="matches", db_constraint=False, verbose_name=_("bank entry")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=MatchKinds.choices)
    basis = models.CharField(_("because of"), max_length=9, choices=Bases.choices)
    payout = models.ForeignKey(
        Payout, models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name=_("payout")
    )
    agreement = models.ForeignKey(
        "partners.Agreement", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("agreement")
    )
    debtor = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("repaid by"),
    )
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_("amount"))
    difference_minor = models.BigIntegerField(_("difference"), default=0)
    note = models.CharField(_("note"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=MatchState.choices, default=MatchState.WAITING)
    proposed_by_id = models.UUIDField(null=True, editable=False)
    proposed_by = models.CharField(_("proposed by"), max_length=160)
    proposed_at = models.DateTimeField(_("proposed"))
    decided_by_id = models.UUIDField(null=True, editable=False)
    decided_by = models.CharField(_("decided by"), max_length=160, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision_note = models.CharField(_("note on the decision"), max_length=500, blank=True)
    journal_ids = models.JSONField(_("journals"), default=list)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT", "UPDATE"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("bank match")
        verbose_name_plural = _("bank matches")
        ordering: ClassVar = ["-proposed_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=MatchKinds.values), name="bank_match_kind_known"),
            models.UniqueConstraint(fields=["entry"], condition=Q(state="waiting"), name="bank_match_one_waits"),
            models.UniqueConstraint(fields=["entry"], condition=Q(state="approved"), name="bank_match_one_holds"),
            models.UniqueConstraint(fields=["payout", "kind"], condition=_LIVE & _PAYS, name="bank_match_payout_once"),
            models.CheckConstraint(
                condition=(_PAYS & Q(payout__isnull=False)) | (~_PAYS & Q(payout__isnull=True, difference_minor=0)),
                name="bank_match_names_its_payout",
            ),
            models.CheckConstraint(
                condition=(_REPAYS & Q(agreement__isnull=False, debtor__isnull=False, amount_minor__gt=0))
                | (~_REPAYS & Q(agreement__isnull=True, debtor__isnull=True)),
                name="bank_match_names_its_debt",
            ),
            models.CheckConstraint(
                condition=(~Q(kind="payout") | Q(amount_minor__lt=0)) & (~Q(kind="return") | Q(amount_minor__gt=0)),
                name="bank_match_in_the_right_direction",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | Q(state="rejected", decided_at__isnull=False)
                | (
                    Q(state__in=["approved", "replaced"], decided_by_id__isnull=False, decided_at__isnull=False)
                    & (Q(proposed_by_id__isnull=True) | ~Q(proposed_by_id=F("decided_by_id")))
                ),
                name="bank_match_approved_by_somebody_else",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "state", "-proposed_at"], name="bank_match_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.currency}"

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state == MatchState.WAITING

    @property
    def is_exact(self) -> bool:
        """Whether reference and amount agree to the cent."""
        return self.basis == Bases.REFERENCE and not self.difference_minor
