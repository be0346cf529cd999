"""Restatements: what a closed statement should have said, and the difference that was posted for it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import SharedModel, Tenancy
from alliance.kernel.tenancy.classes import shared
from settlements.models.adjustments import Adjustment
from settlements.models.statements import Statement


class Restatement(SharedModel):
    """Version 2, 3, … of a statement. The statement stays as it is; only `delta_minor` moves, by its adjustment, once.

    `closing_minor` is the statement's closing with every difference so far. `content_sha256` binds all of it and the
    version before (`settlements.domain.restatement_content`).
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
    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="restatements", db_constraint=False, verbose_name=_("statement")
    )
    version = models.SmallIntegerField(_("version"))
    adjustment = models.OneToOneField(
        Adjustment, models.PROTECT, related_name="restatement", db_constraint=False, verbose_name=_("adjustment")
    )
    currency = models.CharField(_("currency"), max_length=3)
    delta_minor = models.BigIntegerField(_("difference"))
    closing_minor = models.BigIntegerField(_("closing"))
    reason = models.TextField(_("reason"))
    previous_sha256 = models.CharField(_("hash of the version before"), max_length=64)
    content_sha256 = models.CharField(_("content hash"), max_length=64)
    issued_at = models.DateTimeField(_("issued"))

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="ARRAY[NEW.organization_id, NEW.host_id]",
        owner_column="host_id",
        verbs=("SELECT", "INSERT"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("restatement")
        verbose_name_plural = _("restatements")
        ordering: ClassVar = ["statement", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["statement", "version"], name="restatement_version_once"),
            models.CheckConstraint(condition=Q(version__gte=2), name="restatement_follows_the_statement"),
            models.CheckConstraint(condition=~Q(delta_minor=0), name="restatement_differs"),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} v{self.version}"
