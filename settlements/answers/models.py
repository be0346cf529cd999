"""Answers to closed statements. The statement itself never changes; what is said about it stands beside it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.kernel.tenancy import SharedModel, Tenancy
from alliance.kernel.tenancy.classes import shared
from settlements.models.accruals import Accrual
from settlements.models.adjustments import Adjustment
from settlements.models.statements import Statement

_SIDES = "ARRAY[NEW.organization_id, NEW.host_id]"


class ReviewState(models.TextChoices):
    """Whether a party has accepted its statement."""

    OPEN = "open", _("Waits for acceptance")
    ACCEPTED = "accepted", _("Accepted")


class StatementReview(SharedModel):
    """Where a partner's statement stands between its party and the host; one for each, made with the statement.

    Accepted once, by the party or by its silence, for exactly the content that `content_sha256` names; never while a
    line is disputed. The close says from when on silence accepts (`silence_from`, never when it is empty); the party is
    reminded once before. The database refuses anything else.
    """

    host = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    organization = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("organization"),
    )
    statement = models.OneToOneField(
        Statement, models.PROTECT, related_name="review", db_constraint=False, verbose_name=_("statement")
    )
    state = models.CharField(_("state"), max_length=8, choices=ReviewState.choices, default=ReviewState.OPEN)
    closed_at = models.DateTimeField(_("closed"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    accepted_by_id = models.UUIDField(null=True, editable=False)
    accepted_by = models.CharField(_("accepted by"), max_length=160, blank=True)
    is_by_silence = models.BooleanField(_("by silence"), default=False)
    content_sha256 = models.CharField(_("content hash"), max_length=64, blank=True)
    silence_from = models.DateTimeField(_("silence accepts from"), null=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql=_SIDES, owner_column="organization_id", verbs=("SELECT", "UPDATE"), operator_verbs=("SELECT",)
    )

    class Meta:
        verbose_name = _("review of a statement")
        verbose_name_plural = _("reviews of statements")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", accepted_at__isnull=True, content_sha256="")
                | (Q(state="accepted", accepted_at__isnull=False) & ~Q(content_sha256="")),
                name="review_accepted_says_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["silence_from"], condition=Q(state="open"), name="review_open"),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.state}"

    @property
    def is_accepted(self) -> bool:
        """Whether the party has accepted the statement."""
        return self.state == ReviewState.ACCEPTED


class DisputeState(models.TextChoices):
    """Where a disputed line stands."""

    OPEN = "open", _("Disputed")
    STANDS = "stands", _("The line stands")
    CORRECTED = "corrected", _("The line was corrected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class LineDispute(SharedModel):
    """One line of a partner's statement that its party or the host disputes. At most one of a line is open.

    While it is open, the line's money stands on the party's reserve account instead of the available one, as far as it
    was still there (`set_aside_minor`; empty until somebody has looked; in `set_aside_currency`, which is another one
    where the party's balance was exchanged since). It comes back when the dispute is settled
    (`released_at`); a corrected line is adjusted by the difference then. Journals: `dispute:<id>`, `dispute_release:<id>`.
    """

    host = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    agreement = models.ForeignKey(
        "partners.Agreement",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("agreement"),
    )
    organization = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("organization"),
    )
    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="disputes", db_constraint=False, verbose_name=_("statement")
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
    reference = models.CharField(_("reference"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3)
    share_minor = models.BigIntegerField(_("share"))
    claimed_minor = models.BigIntegerField(_("should be"), null=True)
    reason = models.TextField(_("reason"))
    opened_by_organization = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("disputed by"),
    )
    opened_by_id = models.UUIDField(null=True, editable=False)
    opened_by = models.CharField(_("by"), max_length=160)
    opened_at = models.DateTimeField(_("disputed"))
    state = models.CharField(_("state"), max_length=9, choices=DisputeState.choices, default=DisputeState.OPEN)
    set_aside_minor = models.BigIntegerField(_("set aside"), null=True)
    set_aside_currency = models.CharField(_("set aside in"), max_length=3, blank=True)
    released_at = models.DateTimeField(_("released"), null=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.CharField(_("settled by"), max_length=160, blank=True)
    note = models.TextField(_("note"), blank=True)
    corrected_minor = models.BigIntegerField(_("corrected to"), null=True)
    correction = models.OneToOneField(
        Adjustment,
        models.PROTECT,
        null=True,
        related_name="dispute",
        db_constraint=False,
        verbose_name=_("correction"),
    )

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql=_SIDES, verbs=("SELECT", "INSERT", "UPDATE"), operator_verbs=("SELECT",)
    )

    class Meta:
        verbose_name = _("disputed line")
        verbose_name_plural = _("disputed lines")
        ordering: ClassVar = ["-opened_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["statement", "line_number"], condition=Q(state="open"), name="line_disputed_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="dispute_says_why"),
            models.CheckConstraint(
                condition=Q(set_aside_minor__isnull=True) | Q(set_aside_minor__gte=0), name="dispute_sets_aside"
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True, released_at__isnull=True, correction__isnull=True)
                | Q(state__in=["stands", "withdrawn"], settled_at__isnull=False, corrected_minor__isnull=True)
                | Q(state="corrected", settled_at__isnull=False, corrected_minor__isnull=False),
                name="dispute_settled_says_how",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["host", "-opened_at"], name="dispute_of_host"),
            models.Index(fields=["organization", "-opened_at"], name="dispute_of_party"),
            models.Index(fields=["agreement"], condition=Q(state="open"), name="dispute_open"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        """Whether nobody has settled it yet."""
        return self.state == DisputeState.OPEN

    @property
    def held_currency(self) -> str:
        """In which currency its money is set aside."""
        return self.set_aside_currency or self.currency

    @property
    def held_minor(self) -> int:
        """What is set aside for it now."""
        return 0 if self.released_at else self.set_aside_minor or 0


class StatementComment(SharedModel):
    """What somebody of the party or of the host wrote about a statement, or about one dispute of it. For good."""

    host = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    organization = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("organization"),
    )
    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="comments", db_constraint=False, verbose_name=_("statement")
    )
    dispute = models.ForeignKey(
        LineDispute,
        models.PROTECT,
        null=True,
        related_name="comments",
        db_constraint=False,
        db_index=False,
        verbose_name=_("disputed line"),
    )
    author_organization = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=pgettext_lazy("belongs to", "of"),
    )
    author_id = models.UUIDField(null=True, editable=False)
    author = models.CharField(_("author"), max_length=160)
    text = models.TextField(_("text"))
    written_at = models.DateTimeField(_("written"))

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql=_SIDES,
        owner_column="author_organization_id",
        verbs=("SELECT", "INSERT"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("comment on a statement")
        verbose_name_plural = _("comments on statements")
        ordering: ClassVar = ["written_at", "id"]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(text=""), name="comment_says_something")]

    def __str__(self) -> str:
        return self.text[:80]
