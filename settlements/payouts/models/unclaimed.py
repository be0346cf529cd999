"""What becomes of balances that stay too small to be paid: a host's own rule, and the notices that partners get."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import PrivateModel, SharedModel, Tenancy
from alliance.kernel.tenancy.classes import private, shared


class UnclaimedAction(models.TextChoices):
    """What is done with a balance that has stayed below its threshold for so long."""

    CARRY = "carry", _("Carried on")
    PAY = "pay", _("Paid out all the same")
    ESCHEAT = "escheat", _("Set aside as abandoned property")


class UnclaimedRule(PrivateModel):
    """From `set_at` on: after `months` below the threshold a balance is paid, or may be set aside as abandoned property.

    `notice_days` is how long before that the partner is told. The latest row counts; without one balances are carried on. Rows
    never change: they tell what held when.
    """

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    action = models.CharField(_("action"), max_length=8, choices=UnclaimedAction.choices)
    months = models.PositiveSmallIntegerField(_("after so many months"), null=True)
    notice_days = models.PositiveSmallIntegerField(_("days of notice"), null=True)
    set_at = models.DateTimeField(_("set"))
    set_by_id = models.UUIDField(null=True, editable=False)
    set_by = models.CharField(_("by"), max_length=160)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("rule of unclaimed balances")
        verbose_name_plural = _("rules of unclaimed balances")
        ordering: ClassVar = ["-set_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(action="carry", months__isnull=True, notice_days__isnull=True)
                | Q(action="pay", months__gte=1, notice_days__isnull=True)
                | Q(action="escheat", months__gte=1, notice_days__gte=1),
                name="unclaimed_rule_complete",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "-set_at"], name="unclaimed_rule_latest")]

    def __str__(self) -> str:
        return f"{self.action} {self.months}"


class NoticeState(models.TextChoices):
    """Where a notice stands."""

    RUNNING = "running", _("Announced")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DONE = "done", _("Set aside")


class UnclaimedNotice(SharedModel):
    """A partner was told that its small balance will be set aside as abandoned property, not before `due_on`.

    `waiting_since` is the day from which its months counted. The proposal is the host's own (`proposal_id`): approved, the
    money is set aside; rejected, the notice is withdrawn.
    """

    host = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    alliance = models.ForeignKey(
        "partners.Alliance", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    agreement = models.ForeignKey(
        "partners.Agreement", models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("agreement")
    )
    organization = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("partner"),
    )
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_("amount"))
    waiting_since = models.DateField(_("below the threshold since"))
    months = models.PositiveSmallIntegerField(_("months"))
    noticed_on = models.DateField(_("told"))
    due_on = models.DateField(_("not before"))
    noticed_by = models.CharField(_("by"), max_length=160)
    proposal_id = models.UUIDField(unique=True, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=NoticeState.choices, default=NoticeState.RUNNING)
    ended_at = models.DateTimeField(_("ended"), null=True)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="ARRAY[NEW.organization_id, NEW.host_id]",
        owner_column="host_id",
        verbs=("SELECT", "INSERT", "UPDATE"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("notice of an unclaimed balance")
        verbose_name_plural = _("notices of unclaimed balances")
        ordering: ClassVar = ["-noticed_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agreement", "organization"],
                condition=Q(state="running"),
                name="unclaimed_notice_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0) & Q(due_on__gt=F("noticed_on")), name="unclaimed_notice_announces"
            ),
            models.CheckConstraint(
                condition=Q(state="running", ended_at__isnull=True) | ~Q(state="running") & Q(ended_at__isnull=False),
                name="unclaimed_notice_ended_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.due_on}"
