"""What a host and the operators note about an application; the applicant never sees it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import OperatorModel, PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import private
from partners.models.organizations import Organization
from partners.onboarding.models.applications import PartnerApplication


class ReviewItem(models.TextChoices):
    """What a reviewer looks at, in this order."""

    COMPANY_EXISTS = "company_exists", _("The company exists under this name and number")
    LICENCE_MATCHES = "licence_matches", _("The business licence matches the answers")
    BANK_MATCHES = "bank_matches", _("The account holder is the company, and the bank proof shows it")
    WEBSITE_FITS = "website_fits", _("The website belongs to the company and fits the brand")
    AUDIENCE_FITS = "audience_fits", _("The audience fits the alliance")
    CONTACT_REACHED = "contact_reached", _("The contact has been reached")


class ReviewTick(PrivateModel):
    """One item that somebody of the host has looked at and found right. Taking it back deletes the row."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("host"))
    application = models.ForeignKey(PartnerApplication, models.PROTECT, related_name="ticks")
    item = models.CharField(_("item"), max_length=20, choices=ReviewItem.choices)
    ticked_by = models.CharField(_("by"), max_length=160)
    ticked_at = models.DateTimeField(_("when"), default=utc_now)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT", "DELETE"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("tick")
        verbose_name_plural = _("ticks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "item"], name="review_item_ticked_once"),
            models.CheckConstraint(condition=Q(item__in=ReviewItem.values), name="review_item_known"),
        ]

    def __str__(self) -> str:
        return self.item


class ReviewNote(PrivateModel):
    """A note of the host's own. Never changed."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("host"))
    application = models.ForeignKey(PartnerApplication, models.PROTECT, related_name="notes")
    text = models.TextField(_("note"), max_length=2000)
    written_by = models.CharField(_("by"), max_length=160)
    written_at = models.DateTimeField(_("when"), default=utc_now)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.text[:80]


class OperatorNote(OperatorModel):
    """A note of the operators, who see more than the host; neither host nor applicant ever reads it."""

    application = models.ForeignKey(PartnerApplication, models.PROTECT, related_name="operator_notes")
    text = models.TextField(_("note"), max_length=2000)
    written_by = models.CharField(_("by"), max_length=160)
    written_at = models.DateTimeField(_("when"), default=utc_now)

    class Meta:
        verbose_name = _("operator's note")
        verbose_name_plural = _("operators' notes")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.text[:80]
