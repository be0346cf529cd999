"""The tree of categories: one for the whole installation, kept by its operators."""

from typing import ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import GlobalModel


class ItemCategory(GlobalModel):
    """One category. `key` (`fitness.strength`) names it in files and in the API, for good."""

    key = models.CharField(_("key"), max_length=60, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent category")
    )
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering: ClassVar = ["position", "key"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(key__regex=r"^[a-z0-9_]+(\.[a-z0-9_]+){0,3}$"), name="category_key_shape"
            ),
            models.CheckConstraint(
                condition=~models.Q(name_zh="") & ~models.Q(name_en=""), name="category_named_in_both_languages"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_zh if (get_language() or "en").startswith("zh") else self.name_en
