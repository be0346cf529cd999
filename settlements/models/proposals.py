"""Adjustments that people propose and other people approve."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import private
from settlements.answers.models import LineDispute
from settlements.models.accruals import Accrual
from settlements.models.adjustments import Adjustment, AdjustmentKind
from settlements.models.statements import Statement


class ProposalState(models.TextChoices):
    """Where a proposed adjustment stands."""

    WAITING = "waiting", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class ProposedAdjustment(PrivateModel):
    """An adjustment before anybody else has looked at it; the host's own. Approved, it is recorded; then it never changes.

    `amount_minor` is what `party` gets, from `counterparty` or, without one, out of the host's books. A restatement
    names the statement in which the error was found, the correction of a disputed line its dispute.
    """

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    alliance = models.ForeignKey(
        "partners.Alliance", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    agreement = models.ForeignKey(
        "partners.Agreement", models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("agreement")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=AdjustmentKind.choices)
    party = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("party")
    )
    counterparty = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("from"),
    )
    statement = models.ForeignKey(
        Statement, models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name=_("statement")
    )
    accrual = models.ForeignKey(
        Accrual,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("accrual"),
    )
    answers = models.ForeignKey(
        Adjustment,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        verbose_name=_("goes back to"),
    )
    dispute = models.ForeignKey(
        LineDispute, models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name=_("disputed line")
    )
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_("amount"))
    reason = models.TextField(_("reason"))
    state = models.CharField(_("state"), max_length=8, choices=ProposalState.choices, default=ProposalState.WAITING)
    proposed_by_id = models.UUIDField(null=True, editable=False)
    proposed_by = models.CharField(_("proposed by"), max_length=160)
    proposed_at = models.DateTimeField(_("proposed"))
    decided_by_id = models.UUIDField(null=True, editable=False)
    decided_by = models.CharField(_("decided by"), max_length=160, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    note = models.TextField(_("note"), blank=True)
    adjustment = models.OneToOneField(
        Adjustment,
        models.PROTECT,
        null=True,
        related_name="proposal",
        db_constraint=False,
        verbose_name=_("adjustment"),
    )

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT", "UPDATE"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("proposed adjustment")
        verbose_name_plural = _("proposed adjustments")
        ordering: ClassVar = ["-proposed_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["correction", "clawback", "restatement", "write_off", "escheat", "reclaimed"]),
                name="proposal_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="reclaimed", answers__isnull=False) | ~Q(kind="reclaimed") & Q(answers__isnull=True),
                name="proposal_reclaims_a_line",
            ),
            models.CheckConstraint(condition=~Q(amount_minor=0) & ~Q(reason=""), name="proposal_says_something"),
            models.CheckConstraint(
                condition=Q(kind="restatement", statement__isnull=False) | ~Q(kind="restatement"),
                name="proposal_restates_a_statement",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True, adjustment__isnull=True)
                | Q(state="rejected", decided_at__isnull=False, adjustment__isnull=True)
                | (
                    Q(state="approved", decided_at__isnull=False, adjustment__isnull=False)
                    & (Q(proposed_by_id__isnull=True) | ~Q(proposed_by_id=F("decided_by_id")))
                ),
                name="proposal_decided_by_somebody_else",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "state", "-proposed_at"], name="proposal_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount_minor} {self.currency}"

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state == ProposalState.WAITING
