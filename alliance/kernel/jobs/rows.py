"""The columns that make a business row a job."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Finished")
    FAILED = "failed", _("Failed")


class JobRow(models.Model):
    """Mix into a `PrivateModel`. Rows are written by the runner only; services create them and read them.

    `attempts` counts claims since the last progress. `lease_until` and `lease_token` say who works on it, by the
    database's clock; `error_code` is stable, `error_detail` a sentence.
    """

    state = models.CharField(
        _("state"), max_length=10, choices=JobState.choices, default=JobState.QUEUED, editable=False
    )
    done = models.PositiveBigIntegerField(_("done"), default=0, editable=False)
    total = models.PositiveBigIntegerField(_("of"), default=0, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    queued_at = models.DateTimeField(_("queued"), default=utc_now, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)
    error_code = models.CharField(_("error code"), max_length=60, blank=True, editable=False)
    error_detail = models.TextField(_("error"), blank=True, editable=False)

    class Meta:
        abstract = True
        indexes: ClassVar = [
            models.Index(
                fields=["lease_until"],
                condition=models.Q(state__in=["queued", "running"]),
                name="%(app_label)s_%(class)s_live",
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running", "succeeded", "failed"]),
                name="%(app_label)s_%(class)s_job_state",
            )
        ]

    @property
    def is_finished(self) -> bool:
        """Whether no worker will touch it any more."""
        return self.state in {JobState.SUCCEEDED, JobState.FAILED}

    @property
    def percent(self) -> int:
        """Progress from 0 to 100, for a bar."""
        return min(100, self.done * 100 // self.total) if self.total else 0
