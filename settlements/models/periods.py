"""Periods of agreements, and the jobs that close them."""

from datetime import time
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.jobs import JobRow
from alliance.kernel.tenancy import PrivateModel, SharedModel, Tenancy
from alliance.kernel.tenancy.classes import shared
from settlements.domain.spans import span_name
from settlements.ledger.models import PeriodStatus


class Period(SharedModel):
    """One period of one agreement: the business days `[starts_on, ends_on)`, the instants `[starts_at, ends_at)`.

    A business day begins at the `cut_off` of its calendar day. Periods of an agreement neither overlap nor leave gaps. It
    bears the id of its ledger period and closes with it, once; a trigger refuses every other change.
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
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("first day after"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    cut_off = models.TimeField(_("cut-off"), db_default=time(0))
    time_zone = models.CharField(_("time zone"), max_length=64)
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=6, choices=PeriodStatus.choices, default=PeriodStatus.OPEN)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="(SELECT a.parties FROM partners_agreement AS a WHERE a.id = NEW.agreement_id)",
        owner_column="host_id",
        verbs=("SELECT", "INSERT", "UPDATE"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering: ClassVar = ["-starts_on", "agreement"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "starts_on"], name="period_month_once"),
            models.UniqueConstraint(fields=["id", "agreement", "host"], name="period_tie"),
            models.UniqueConstraint(fields=["id", "host"], name="period_id_host"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on"), ends_at__gt=F("starts_at")), name="period_has_days"
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_at__isnull=True) | Q(status="closed", closed_at__isnull=False),
                name="period_closed_says_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["host", "-starts_on"], name="period_of_host"),
            models.Index(fields=["ends_at"], condition=Q(status="open"), name="period_open"),
        ]

    def __str__(self) -> str:
        return span_name(self.starts_on, self.ends_on)

    @property
    def month(self) -> str:
        """`2026-11`: the month in which it begins."""
        return f"{self.starts_on:%Y-%m}"

    @property
    def is_open(self) -> bool:
        """Whether accruals may still fall into it."""
        return self.status == PeriodStatus.OPEN


class PeriodClose(PrivateModel, JobRow):
    """The job that closes a period, and the open months of the agreement before it, in order."""

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    period = models.ForeignKey(
        Period, models.PROTECT, related_name="closes", db_constraint=False, verbose_name=_("period")
    )
    requested_by = models.CharField(_("by"), max_length=160, blank=True)

    class Meta(JobRow.Meta):
        verbose_name = _("close of a period")
        verbose_name_plural = _("closes of periods")
        ordering: ClassVar = ["-queued_at", "-id"]
        constraints: ClassVar = [
            *JobRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["period"], condition=Q(state__in=["queued", "running"]), name="period_close_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.period_id)
