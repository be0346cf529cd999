"""What one organization writes before anybody else sees it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import PrivateModel
from partners.agreements.models import AgreementFile
from partners.domain.end_rule import EndRule
from partners.domain.supplement import Paper
from partners.models.agreements import Agreement, TermsVersion
from partners.models.alliances import Alliance
from partners.models.organizations import Organization


class AgreementDraft(PrivateModel):
    """An agreement to be proposed, or with `agreement` the next version of one; `answers` is a proposal that it answers.

    `terms` is the JSON of terms as written: it may be unfinished or impossible, and is checked when it is proposed. So
    is what is signed beside them: `end_rule` (an `EndRule` as JSON, empty for the plain one), `texts` by language and
    the attached `file`. `revision` grows with every change; a change names the revision that its writer saw.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", editable=False)
    alliance = models.ForeignKey(
        Alliance, models.PROTECT, related_name="+", editable=False, db_constraint=False, verbose_name=_("alliance")
    )
    agreement = models.ForeignKey(
        Agreement,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        db_constraint=False,
        verbose_name=_("agreement"),
    )
    answers = models.ForeignKey(
        TermsVersion,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        db_constraint=False,
        verbose_name=_("answers"),
    )
    name = models.CharField(_("name"), max_length=160)
    terms = models.JSONField(_("terms"))
    end_rule = models.JSONField(_("end"), default=dict)
    texts = models.JSONField(_("legal text"), default=dict)
    file = models.ForeignKey(
        AgreementFile,
        models.PROTECT,
        null=True,
        related_name="drafts",
        editable=False,
        verbose_name=_("attached file"),
    )
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    created_at = models.DateTimeField(_("created"), default=utc_now, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=utc_now, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("draft of an agreement")
        verbose_name_plural = _("drafts of agreements")
        ordering: ClassVar = ["-changed_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["organization", "-changed_at"], name="draft_by_change")]

    def __str__(self) -> str:
        return self.name

    @property
    def paper(self) -> Paper:
        """What is to be signed beside the terms."""
        rule = EndRule.from_json(self.end_rule) if self.end_rule else EndRule()
        return Paper(rule, self.texts, self.file_id)
