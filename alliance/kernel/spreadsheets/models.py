"""The columns that uploaded files, the jobs that read them and the rows they could not take have in common."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.jobs import JobRow


class SheetFile(models.Model):
    """One uploaded file, as it came. `layout` says how it was understood: kind, encoding, delimiter, header."""

    name = models.CharField(_("file name"), max_length=200)
    stored_as = models.CharField(max_length=200, editable=False)
    size_bytes = models.BigIntegerField(_("size"))
    sha256 = models.CharField(_("content hash"), max_length=64, editable=False)
    layout = models.JSONField(_("layout"))
    uploaded_by = models.CharField(_("uploaded by"), max_length=160, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded"), default=utc_now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class SheetJob(JobRow):
    """A job that reads a file through a mapping, as it was when the job was made."""

    mapping = models.JSONField(_("columns and rules"))
    tally = models.JSONField(_("counts"), default=dict)
    problem = models.CharField(_("what is wrong with the file"), max_length=40, blank=True, editable=False)
    problem_where = models.CharField(max_length=400, blank=True, editable=False)
    created_by = models.CharField(_("by"), max_length=160, blank=True)

    class Meta(JobRow.Meta):
        abstract = True
        ordering: ClassVar = ["-queued_at", "-id"]


class SheetRowError(models.Model):
    """One row of a file that was not taken, whole, with the reason. `column` is the header's name, or empty."""

    row_number = models.PositiveIntegerField(_("row"))
    column = models.CharField(_("column"), max_length=200, blank=True)
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    cells = models.JSONField(_("cells"))

    class Meta:
        abstract = True
        ordering: ClassVar = ["row_number", "column"]
