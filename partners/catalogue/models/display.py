"""The owner's rules about who may show its items."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import PrivateModel
from partners.catalogue.domain.display import Effect
from partners.catalogue.domain.wanted_rule import MAX_NOTE, WantedRule
from partners.catalogue.models.categories import ItemCategory
from partners.catalogue.models.items import Item
from partners.catalogue.sentences import EFFECT_CHOICES


class DisplayRule(PrivateModel):
    """One rule; the fields are those of `WantedRule`, which says what they mean.

    Only the owner reads its rules. What they come to for another organization the database's own function answers, and
    it names nobody whom the asking organization does not know.
    """

    organization = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", editable=False, verbose_name=_("owner")
    )
    effect = models.CharField(_("effect"), max_length=12, choices=EFFECT_CHOICES)
    alliance = models.ForeignKey(
        "partners.Alliance", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("alliance")
    )
    partner = models.ForeignKey(
        "partners.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("partner")
    )
    item = models.ForeignKey(
        Item,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="display_rules",
        db_constraint=False,  # tied together with the owner
        verbose_name=_("item"),
    )
    category = models.ForeignKey(
        ItemCategory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    floor_minor = models.BigIntegerField(_("lowest price"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    holds_from = models.DateTimeField(_("holds from"), null=True, blank=True)
    holds_until = models.DateTimeField(_("holds until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=MAX_NOTE, blank=True)
    created_by = models.CharField(_("by"), max_length=160, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=utc_now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=utc_now, editable=False)

    class Meta:
        verbose_name = _("display rule")
        verbose_name_plural = _("display rules")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "effect", "alliance", "partner", "item", "category", "currency", "holds_from"],
                nulls_distinct=False,
                name="display_rule_once",
            ),
            models.CheckConstraint(
                condition=Q(effect__in=[effect.value for effect in Effect]), name="display_rule_effect_known"
            ),
            models.CheckConstraint(
                condition=Q(item__isnull=True) | Q(category__isnull=True), name="display_rule_one_target"
            ),
            models.CheckConstraint(
                condition=~Q(effect=Effect.EXCLUSIVE.value) | Q(partner__isnull=False),
                name="display_rule_exclusive_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(effect=Effect.PRICE_FLOOR.value, floor_minor__gt=0, currency__regex=r"^[A-Z]{3}$")
                | ~Q(effect=Effect.PRICE_FLOOR.value) & Q(floor_minor__isnull=True, currency=""),
                name="display_rule_floor_with_currency",
            ),
            models.CheckConstraint(
                condition=Q(holds_from__isnull=True) | Q(holds_until__isnull=True) | Q(holds_until__gt=F("holds_from")),
                name="display_rule_window_not_empty",
            ),
            models.CheckConstraint(condition=~Q(partner=F("organization")), name="display_rule_of_others"),
        ]

    def __str__(self) -> str:
        return f"{self.effect} {self.pk}"

    def said(self) -> WantedRule:
        """The rule as the domain says it; reads the category."""
        return WantedRule(
            effect=Effect(self.effect),
            alliance_id=self.alliance_id,
            partner_id=self.partner_id,
            item_id=self.item_id,
            category=self.category.key if self.category else "",
            floor_minor=self.floor_minor,
            currency=self.currency,
            holds_from=self.holds_from,
            holds_until=self.holds_until,
            note=self.note,
        )

    def holds_at(self, now: datetime) -> bool:
        """Whether its window has begun and has not ended."""
        has_begun = self.holds_from is None or self.holds_from <= now
        return has_begun and (self.holds_until is None or now < self.holds_until)
