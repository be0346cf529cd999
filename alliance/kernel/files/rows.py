"""The columns that make a business row the owner of a private file."""

from typing import ClassVar, Final, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_NAME: Final = 120


class NamesFile(Protocol):
    """What must be known of a stored file to hand it out."""

    @property
    def file_name(self) -> str:
        """What a person saves it as."""

    @property
    def file_kind(self) -> str:
        """A `FileKind`."""

    @property
    def stored_as(self) -> str:
        """The key in the storage."""


class FileRow(models.Model):
    """Mix into a `PrivateModel` or `SharedModel`; its tenancy class decides who sees the file. Filled by `ReceivedFile.columns`.

    `stored_as` is the key in the storage. It is unguessable, stays on the server, and is no address.
    """

    file_name = models.CharField(_("file"), max_length=LONGEST_NAME, editable=False)
    file_kind = models.CharField(_("format"), max_length=8, editable=False)
    size_bytes = models.PositiveIntegerField(_("size"), editable=False)
    sha256 = models.CharField(_("content hash"), max_length=64, editable=False)
    stored_as = models.CharField(max_length=200, editable=False)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stored_as"], name="%(app_label)s_%(class)s_file_once"),
            models.CheckConstraint(
                condition=models.Q(file_kind__in=["pdf", "png", "jpeg"]), name="%(app_label)s_%(class)s_file_kind"
            ),
        ]
