"""What the auditor found: figures that must be equal and are not."""

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import private


class DiscrepancyKind(models.TextChoices):
    """What was compared."""

    TRIAL_BALANCE = "trial_balance", _("The entries of a book don't sum to zero")
    STATEMENT_LEDGER = "statement_ledger", _("A statement's closing is not what its party's accounts say")
    STATEMENT_OPENING = "statement_opening", _("A statement does not open with the closing before")
    STATEMENT_LINES = "statement_lines", _("A statement's lines don't sum to its figures")
    PAYOUT_TRANSIT = "payout_transit", _("Payouts on their way are not what is in transit in the ledger")
    PAYOUT_BANK = "payout_bank", _("Confirmed payouts are not what left the bank account in the ledger")
    CHAIN_HEAD = "chain_head", _("A head printed on a statement is not in the book's chain")
    PAYOUT_SENT = "payout_sent", _("A payout was not handed to the bank exactly once")
    PAYOUT_MESSAGE = "payout_message", _("A payout and the messages that tell of it differ")
    PAYOUT_STUCK = "payout_stuck", _("A payout, or a message that tells of it, waits too long (hours)")
    BANK_LINE = "bank_line", _("A confirmed payout has no line on the bank's statement")
    BANK_MATCH = "bank_match", _("A bank line is not of its payout's amount and currency")
    BANK_STATE = "bank_state", _("A payout is not what its bank lines say: paid, or come back")
    BANK_LINE_TWICE = "bank_line_twice", _("A bank line is matched twice")


OF_STATEMENTS: Final = frozenset(
    {
        DiscrepancyKind.STATEMENT_LEDGER,
        DiscrepancyKind.STATEMENT_OPENING,
        DiscrepancyKind.STATEMENT_LINES,
        DiscrepancyKind.CHAIN_HEAD,
    }
)


OF_PAYOUTS: Final = frozenset(
    {
        DiscrepancyKind.PAYOUT_SENT,
        DiscrepancyKind.PAYOUT_MESSAGE,
        DiscrepancyKind.PAYOUT_STUCK,
        DiscrepancyKind.BANK_LINE,
        DiscrepancyKind.BANK_MATCH,
        DiscrepancyKind.BANK_STATE,
    }
)
COUNTED: Final = frozenset(
    {
        DiscrepancyKind.CHAIN_HEAD,
        DiscrepancyKind.PAYOUT_SENT,
        DiscrepancyKind.PAYOUT_MESSAGE,
        DiscrepancyKind.PAYOUT_STUCK,
        DiscrepancyKind.BANK_LINE_TWICE,
    }
)
NOBODYS: Final = "-"  # the label of what tells of a payout that there is not


class Discrepancy(PrivateModel):
    """Two figures of a host's books that must be equal, as long as they are not. Seen by the host and operators.

    `subject_id` is the book, statement, agreement, payout or bank entry that it is about, `label` how people call it. `resolved_at` is when
    they were found equal again. One row for each time that they part.
    """

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    alliance = models.ForeignKey(
        "partners.Alliance", models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("alliance")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=DiscrepancyKind.choices)
    subject_id = models.UUIDField(_("about"))
    label = models.CharField(_("what"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3)
    expected_minor = models.BigIntegerField(_("expected"))
    found_minor = models.BigIntegerField(_("found"))
    first_seen_at = models.DateTimeField(_("first seen"))
    last_seen_at = models.DateTimeField(_("last seen"))
    resolved_at = models.DateTimeField(_("resolved"), null=True)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT", "UPDATE"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("discrepancy")
        verbose_name_plural = _("discrepancies")
        ordering: ClassVar = ["first_seen_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "kind", "subject_id", "currency"],
                condition=Q(resolved_at__isnull=True),
                name="discrepancy_once_at_a_time",
            ),
            models.CheckConstraint(condition=Q(kind__in=DiscrepancyKind.values), name="discrepancy_kind_known"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "first_seen_at"], condition=Q(resolved_at__isnull=True), name="discrepancy_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.get_kind_display()}"

    @property
    def address(self) -> str:
        """The portal's page of what it is about."""
        if self.kind == DiscrepancyKind.TRIAL_BALANCE:
            return reverse("portal:ledger")
        if self.label == NOBODYS:
            return reverse("portal:payouts")
        return reverse(f"portal:{self._page}", args=[self.subject_id])

    @property
    def is_counted(self) -> bool:
        """Whether its figures are numbers rather than money."""
        return self.kind in COUNTED

    @property
    def _page(self) -> str:
        if self.kind in OF_STATEMENTS:
            return "statement"
        if self.kind == DiscrepancyKind.BANK_LINE_TWICE:
            return "bank_entry"
        return "payout" if self.kind in OF_PAYOUTS else "agreement"

    @property
    def difference_minor(self) -> int:
        """What was found, less what was expected."""
        return self.found_minor - self.expected_minor
