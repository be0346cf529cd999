"""What came together so far: the counts that tiers, caps, running totals and returning people ask for."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import private


class TallyKind(models.TextChoices):
    """What is counted."""

    CLAUSE = "clause", _("Amount under a clause")
    CAP = "cap", _("Earnings under a cap")
    PERSON = "person", _("Sales of a person")


class Tally(PrivateModel):
    """One running total of one agreement, for one window and perhaps one person. The host's own.

    `key` is the clause's or cap's id in the terms, and goes on over their versions. Conversions of the agreement hold
    the tallies they change, so that none slips past a cap. `amount_minor` is the base under a clause, what was earned
    before any cap under a cap, and the gross amount of a person.
    """

    organization = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    alliance = models.ForeignKey(
        "partners.Alliance", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    agreement = models.ForeignKey(
        "partners.Agreement", models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("agreement")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=TallyKind.choices)
    key = models.CharField(_("clause or cap"), max_length=40, blank=True)
    window = models.CharField(_("window"), max_length=12)
    person = models.CharField(_("person"), max_length=32, blank=True)
    amount_minor = models.BigIntegerField(_("amount"), default=0)
    quantity = models.BigIntegerField(_("units"), default=0)
    conversions = models.BigIntegerField(_("conversions"), default=0)
    first_at = models.DateTimeField(_("first"), null=True)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT", "UPDATE"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("running total")
        verbose_name_plural = _("running totals")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agreement", "kind", "key", "window", "person"], name="tally_once_per_window"
            ),
            models.CheckConstraint(condition=Q(kind__in=TallyKind.values), name="tally_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.window}"
