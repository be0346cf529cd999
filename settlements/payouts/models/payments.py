"""Payouts: one payment to one partner, the agreements that it draws on, and every step that it took."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import SharedModel, Tenancy
from alliance.kernel.tenancy.classes import shared
from settlements.payouts.models.batches import PayoutBatch


class PayoutState(models.TextChoices):
    """Where one payment stands. From `reserved` to its outcome its money is in transit."""

    PREPARED = "prepared", _("Prepared")
    RESERVED = "reserved", _("Approved, not sent yet")
    SENDING = "sending", _("Being sent")
    UNKNOWN = "unknown", _("Outcome not known yet")
    ACCEPTED = "accepted", _("On its way")
    CONFIRMED = "confirmed", _("Paid")
    RETURNED = "returned", _("Came back")
    CANCELLED = "cancelled", _("Cancelled")


class StepKind(models.TextChoices):
    """What happened to a payment, as its timeline tells it."""

    PREPARED = "prepared", _("Prepared")
    RESERVED = "reserved", _("Approved; the money is set aside")
    SENT = "sent", _("Sent to the bank")
    UNKNOWN = "unknown", _("No answer; the outcome is looked up")
    ACCEPTED = "accepted", _("Accepted by the bank")
    CONFIRMED = "confirmed", _("Paid")
    REJECTED = "rejected", _("Rejected; the money is available again")
    RETURNED = "returned", _("Returned by the bank; the money is available again")
    FORGOTTEN = "forgotten", _("The bank no longer knows it; it is not sent again, look into the bank's records")
    REPORTED = "reported", _("Outcome entered by hand, to be confirmed")
    REPORT_DECLINED = "report_declined", _("The entered outcome was declined")
    CANCELLED = "cancelled", _("Cancelled")


IN_TRANSIT_STATES = (PayoutState.RESERVED, PayoutState.SENDING, PayoutState.UNKNOWN, PayoutState.ACCEPTED)


class Payout(SharedModel):
    """One payment to one partner. Its id is the one idempotency key under which it is ever sent.

    What is paid and where to never changes; only its state does, as far as a trigger allows. `lease_until` and `lease_token`
    say which worker has it, `look_at` when the next one looks, `tries` how often a gateway was asked.
    """

    host = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    alliance = models.ForeignKey(
        "partners.Alliance", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    batch = models.ForeignKey(
        PayoutBatch, models.PROTECT, related_name="payouts", db_constraint=False, verbose_name=_("batch")
    )
    organization = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("partner"),
    )
    reference = models.CharField(_("reference"), max_length=35)
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_("amount"))
    gateway = models.CharField(_("way of payment"), max_length=20)
    account_id = models.UUIDField(editable=False)
    account_kind = models.CharField(_("kind of account"), max_length=12)
    account_holder = models.CharField(_("account holder"), max_length=160)
    account_masked = models.CharField(_("account"), max_length=16)
    account_sha256 = models.CharField(_("fingerprint of the account"), max_length=64)
    state = models.CharField(_("state"), max_length=9, choices=PayoutState.choices, default=PayoutState.PREPARED)
    gateway_reference = models.CharField(_("the gateway's reference"), max_length=80, blank=True)
    bank_reference = models.CharField(_("the bank's reference"), max_length=80, blank=True)
    reason_code = models.CharField(_("reason"), max_length=40, blank=True)
    reason_text = models.CharField(_("reason in words"), max_length=200, blank=True)
    prepared_at = models.DateTimeField(_("prepared"))
    sent_at = models.DateTimeField(_("sent"), null=True)
    confirmed_at = models.DateTimeField(_("paid"), null=True)
    returned_at = models.DateTimeField(_("came back"), null=True)
    look_at = models.DateTimeField(null=True, editable=False)
    tries = models.PositiveIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="ARRAY[NEW.organization_id, NEW.host_id]",
        owner_column="host_id",
        verbs=("SELECT", "INSERT", "UPDATE"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering: ClassVar = ["-prepared_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["host", "reference"], name="payout_reference_once"),
            models.UniqueConstraint(fields=["id", "host"], name="payout_id_host"),
            models.UniqueConstraint(fields=["id", "host", "organization"], name="payout_tie"),
            models.UniqueConstraint(
                fields=["batch", "organization"],
                condition=~Q(state="cancelled"),
                name="payout_once_per_batch_and_partner",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payout_pays_something"),
            models.CheckConstraint(condition=Q(state__in=PayoutState.values), name="payout_state_known"),
            models.CheckConstraint(condition=~Q(organization=F("host")), name="payout_to_a_partner"),
            models.CheckConstraint(
                condition=(~Q(state="confirmed") | Q(confirmed_at__isnull=False))
                & (~Q(state="returned") | Q(returned_at__isnull=False)),
                name="payout_outcome_says_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["host", "-prepared_at", "-id"], name="payout_of_host"),
            models.Index(fields=["organization", "-prepared_at", "-id"], name="payout_of_partner"),
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="payout_to_look_at"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_in_transit(self) -> bool:
        """Whether its money is set aside and has neither arrived nor come back."""
        return self.state in IN_TRANSIT_STATES


class PayoutPart(SharedModel):
    """How much of a payout comes from one agreement, and what of it is withheld for a tax authority.

    The payout's amount is the sum of `gross_minor - withheld_minor`. `statement_id` is the partner's latest closed statement of
    the agreement. `is_draft` until the money is set aside: one agreement's money is in one draft at most.
    """

    host = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    payout = models.ForeignKey(
        Payout, models.PROTECT, related_name="parts", db_constraint=False, verbose_name=_("payout")
    )
    organization = models.ForeignKey(
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
    statement = models.ForeignKey(
        "settlements.Statement",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("statement"),
    )
    currency = models.CharField(_("currency"), max_length=3)
    gross_minor = models.BigIntegerField(_("from its balance"))
    withheld_minor = models.BigIntegerField(_("withheld"), default=0)
    tax = models.JSONField(_("why it is withheld"), null=True, editable=False)
    is_draft = models.BooleanField(default=True, editable=False)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="ARRAY[NEW.organization_id, NEW.host_id]",
        owner_column="host_id",
        verbs=("SELECT", "INSERT", "UPDATE"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("part of a payout")
        verbose_name_plural = _("parts of payouts")
        ordering: ClassVar = ["payout", "agreement"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["payout", "agreement"], name="payout_part_once_per_agreement"),
            models.UniqueConstraint(
                fields=["agreement", "organization"],
                condition=Q(is_draft=True),
                name="payout_part_in_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(gross_minor__gt=0, withheld_minor__gte=0, gross_minor__gte=F("withheld_minor")),
                name="payout_part_adds_up",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["agreement", "organization"], name="payout_part_of_agreement")]

    def __str__(self) -> str:
        return f"{self.payout_id} {self.agreement_id}"

    @property
    def net_minor(self) -> int:
        """What of it is paid."""
        return self.gross_minor - self.withheld_minor


class PayoutStep(SharedModel):
    """One step that a payout took; host and partner read the same timeline. Never changes."""

    host = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    payout = models.ForeignKey(
        Payout, models.PROTECT, related_name="steps", db_constraint=False, verbose_name=_("payout")
    )
    organization = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    kind = models.CharField(_("kind"), max_length=16, choices=StepKind.choices)
    at = models.DateTimeField(_("time"))
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    journal_ids = models.JSONField(_("journals"), default=list)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="ARRAY[NEW.organization_id, NEW.host_id]",
        owner_column="host_id",
        verbs=("SELECT", "INSERT"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("step of a payout")
        verbose_name_plural = _("steps of payouts")
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="payout_step_kind_known")
        ]
        indexes: ClassVar = [models.Index(fields=["payout", "at"], name="payout_step_of_payout")]

    def __str__(self) -> str:
        return f"{self.payout_id} {self.kind}"
