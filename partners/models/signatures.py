"""What is kept of every signature, whatever it stands under."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SignatureColumns(models.Model):
    """Who signed, as typed and as known: name, position, role; in which language, from which network, under which hash.

    `browser` is the family of the person's program, `second_factor` the kind given at sign-in; empty where not known.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("person")
    )
    signer_name = models.CharField(_("name"), max_length=120)
    signer_title = models.CharField(pgettext_lazy("of a person", "position"), max_length=120, blank=True)
    signer_role = models.CharField(_("role"), max_length=12)
    language = models.CharField(_("language"), max_length=10)
    ip_prefix = models.CharField(_("network"), max_length=64, blank=True)
    browser = models.CharField(_("browser"), max_length=40, blank=True)
    second_factor = models.CharField(_("second factor"), max_length=20, blank=True)
    document_sha256 = models.CharField(_("content hash"), max_length=64)

    class Meta:
        abstract = True
