"""Statements and their lines.

Nobody writes them but `settlements_close_period()` in the database; triggers refuse every later change, and every
line that comes after its statement.
"""

from typing import ClassVar, cast

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import SharedModel, Tenancy
from settlements.domain.spans import span_name
from settlements.ledger.models import Xid8Field
from settlements.models.accruals import Accrual, Section, written_by_functions
from settlements.models.adjustments import Adjustment
from settlements.models.periods import Period


class Statement(SharedModel):
    """What one party gets under one agreement for one period. Seen by that party and the host.

    `closing_minor = opening_minor + current_minor + prior_minor + adjustments_minor - withheld_minor - paid_minor`: what
    the party was owed when the period closed (less than nothing: what it owes), as its accounts say too. The opening is
    the closing of the statement before. `lines_root` binds every line, `events_sha256`
    everything that happened in the period (`settlements.domain.event_content`), `adjustments_sha256` what its adjustments
    come of (`settlements.domain.adjustment_content`), `carried` says in JSON what its party had before
    (`settlements.services.tell_carried`), and `content_sha256` binds all of it
    (`settlements.domain.statement_content`). `chain_head` is that of the book's last seal before: whoever keeps the
    statement can tell when what was posted before it is changed.
    """

    host = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    alliance = models.ForeignKey(
        "partners.Alliance", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    agreement = models.ForeignKey(
        "partners.Agreement",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("agreement"),
    )
    period = models.ForeignKey(
        Period, models.PROTECT, related_name="statements", db_constraint=False, db_index=False, verbose_name=_("period")
    )
    organization = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("organization"),
    )
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("statement before")
    )
    number = models.CharField(_("number"), max_length=40)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("first day after"))
    time_zone = models.CharField(_("time zone"), max_length=64)
    currency = models.CharField(_("currency"), max_length=3)
    order_count = models.BigIntegerField(_("orders"))
    refund_count = models.BigIntegerField(_("refunds"))
    line_count = models.BigIntegerField(_("lines"))
    base_minor = models.BigIntegerField(_("net amount"))
    opening_minor = models.BigIntegerField(_("opening"))
    current_minor = models.BigIntegerField(_("share of this period"))
    prior_minor = models.BigIntegerField(_("share of prior periods"))
    adjustments_minor = models.BigIntegerField(_("adjustments"), db_default=0)
    withheld_minor = models.BigIntegerField(_("tax withheld"), db_default=0)
    paid_minor = models.BigIntegerField(_("paid out"), db_default=0)
    closing_minor = models.BigIntegerField(_("closing"))
    terms = models.JSONField(_("terms"))
    content_version = models.SmallIntegerField(_("version of the canonical text"), db_default=1)
    engine_version = models.CharField(_("version of the engine"), max_length=20, db_default="1")
    lines_root = models.CharField(_("hash of the lines"), max_length=64)
    event_count = models.BigIntegerField(_("events"), db_default=0)
    events_sha256 = models.CharField(_("hash of the events"), max_length=64, db_default="")
    adjustments_sha256 = models.CharField(_("hash of what its adjustments come of"), max_length=64, db_default="")
    carried = models.TextField(_("carried into the period"), blank=True, db_default="")
    chain_number = models.BigIntegerField(_("seals when it was closed"), db_default=0)
    chain_head = models.CharField(_("head of the chain when it was closed"), max_length=64, db_default="")
    content_sha256 = models.CharField(_("content hash"), max_length=64)
    closed_at = models.DateTimeField(_("closed"))
    closed_xid = Xid8Field(editable=False)

    tenancy: ClassVar[Tenancy] = written_by_functions()

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering: ClassVar = ["-starts_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["period", "organization"], name="statement_once_per_party"),
            models.UniqueConstraint(fields=["host", "number"], name="statement_number_once"),
            models.UniqueConstraint(fields=["id", "organization", "host"], name="statement_tie"),
            models.CheckConstraint(
                condition=models.Q(
                    closing_minor=models.F("opening_minor")
                    + models.F("current_minor")
                    + models.F("prior_minor")
                    + models.F("adjustments_minor")
                    - models.F("withheld_minor")
                    - models.F("paid_minor")
                ),
                name="statement_adds_up",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agreement", "organization", "-starts_on"], name="statement_chain"),
            models.Index(fields=["organization", "-starts_on", "-id"], name="statement_of_party"),
            models.Index(fields=["host", "-starts_on", "-id"], name="statement_of_host"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def month(self) -> str:
        """`2026-11`: the month in which it begins."""
        return f"{self.starts_on:%Y-%m}"

    @property
    def period_text(self) -> str:
        """`2026-11` for a whole month, else its first and last day."""
        return span_name(self.starts_on, self.ends_on)

    @property
    def share_minor(self) -> int:
        """The sum of the lines."""
        return self.current_minor + self.prior_minor + self.adjustments_minor


class StatementLine(SharedModel):
    """One conversion or adjustment on one party's statement, a copy that stands for itself. Lines of 0 are shown too.

    An accrual is on exactly one statement of each party, and so is an adjustment.
    """

    id = None  # type: ignore[assignment]
    pk = models.CompositePrimaryKey("statement_id", "line_number")
    statement = models.ForeignKey(
        Statement,
        models.PROTECT,
        related_name="lines",
        db_constraint=False,
        db_index=False,
        verbose_name=_("statement"),
    )
    line_number = models.IntegerField(_("line"))
    accrual = models.ForeignKey(
        Accrual,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("accrual"),
    )
    adjustment = models.ForeignKey(
        Adjustment,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("adjustment"),
    )
    organization = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    section = models.CharField(_("section"), max_length=10, choices=Section.choices)
    kind = models.CharField(_("kind"), max_length=16)
    reference = models.CharField(_("reference"), max_length=80)
    occurred_at = models.DateTimeField(_("time"))
    effective_on = models.DateField(_("effective"))
    terms_number = models.IntegerField(_("terms version"))
    currency = models.CharField(_("currency"), max_length=3)
    base_minor = models.BigIntegerField(_("amount"))
    share_minor = models.BigIntegerField(_("share"))

    tenancy: ClassVar[Tenancy] = written_by_functions()

    class Meta:
        verbose_name = _("statement line")
        verbose_name_plural = _("statement lines")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["accrual", "organization"], name="line_once_per_accrual_and_party"),
            models.UniqueConstraint(
                fields=["adjustment", "organization"],
                condition=models.Q(adjustment__isnull=False),
                name="line_once_per_adjustment_and_party",
            ),
            models.CheckConstraint(
                condition=models.Q(accrual__isnull=False) ^ models.Q(adjustment__isnull=False),
                name="line_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{cast('str', self.statement_id)}#{self.line_number}"
