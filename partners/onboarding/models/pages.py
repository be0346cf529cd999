"""What an alliance shows to companies that may apply, and whom its host lets in."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.kernel.clock import utc_now
from alliance.kernel.files.rows import FileRow
from alliance.kernel.tenancy import PrivateModel
from partners.models.alliances import Alliance
from partners.models.organizations import Organization
from partners.onboarding.domain.colours import SAFE_COLOURS
from partners.onboarding.domain.eligibility import EligibilityRules


def required_at_first() -> list[str]:
    """The documents a new page asks for."""
    return ["business_licence", "bank_proof"]


class ApplicationPage(PrivateModel):
    """The public application page of one alliance, and the host's own rules behind it.

    Visitors read its public columns through `partners_application_page`; `eligibility` and `reapply_days` stay the host's.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("host"))
    alliance = models.OneToOneField(
        Alliance, models.PROTECT, related_name="application_page", verbose_name=_("alliance")
    )
    slug = models.CharField(_("address"), max_length=60, unique=True)
    display_name = models.CharField(_("name on the page"), max_length=160)
    accent_colour = models.CharField(_("accent colour"), max_length=7, default=SAFE_COLOURS[0])
    introduction_en = models.TextField(_("introduction in English"), max_length=3000, blank=True)
    introduction_zh = models.TextField(_("introduction in Chinese"), max_length=3000, blank=True)
    industries = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("industries that are welcome")
    )
    required_documents = ArrayField(
        models.CharField(max_length=24), default=required_at_first, blank=True, verbose_name=_("required documents")
    )
    eligibility = models.JSONField(_("rules"), default=dict, blank=True)
    reapply_days = models.PositiveSmallIntegerField(_("days until a new application"), default=90)
    is_open = models.BooleanField(pgettext_lazy("a page that takes applications", "open"), default=False)
    changed_at = models.DateTimeField(_("changed"), default=utc_now)

    class Meta:
        verbose_name = _("application page")
        verbose_name_plural = _("application pages")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization"], name="application_page_id_organization"),
            models.CheckConstraint(condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="application_page_slug"),
            models.CheckConstraint(
                condition=Q(accent_colour__regex=r"^#[0-9a-f]{6}$"), name="application_page_colour_is_hex"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def rules(self) -> EligibilityRules:
        """Whom the host lets in."""
        return EligibilityRules.from_json(self.eligibility)


class ApplicationPageLogo(PrivateModel, FileRow):
    """The picture on the page, drawn anew as a PNG when it was taken in; replaced as a whole."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    page = models.OneToOneField(ApplicationPage, models.CASCADE, related_name="logo")

    class Meta(FileRow.Meta):
        verbose_name = _("logo")
        verbose_name_plural = _("logos")

    def __str__(self) -> str:
        return self.file_name
