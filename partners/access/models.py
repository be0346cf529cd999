"""Sessions of people, what organizations ask of their members, and the times an operator looked in."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import ALL_VERBS, global_rows, private
from partners.models.organizations import Organization


class Session(AbstractBaseSession):
    """One signed-in browser. The row is the session itself: where it is gone, the person is signed out.

    The store writes data, expiry and person; `touch_session` writes the rest, so that neither undoes the other.
    """

    public_id = models.UUIDField(unique=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", verbose_name=_("person")
    )
    started_at = models.DateTimeField(_("signed in"), default=utc_now)
    last_seen_at = models.DateTimeField(_("last seen"), null=True)
    browser = models.CharField(_("browser"), max_length=20, blank=True)
    system = models.CharField(_("system"), max_length=20, blank=True)
    ip_prefix = models.CharField(_("network"), max_length=64, blank=True)

    tenancy: ClassVar[Tenancy] = global_rows(verbs=ALL_VERBS)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    @classmethod
    def get_session_store_class(cls) -> type:
        """The store that `SESSION_ENGINE` names."""
        from partners.access.session_store import SessionStore

        return SessionStore

    def save(self, *, force_update: bool = False, **options: object) -> None:
        """As Django saves it; again, only what the store itself keeps."""
        if force_update:
            options["update_fields"] = ("session_data", "expire_date", "user")
        super().save(force_update=force_update, **options)  # type: ignore[arg-type]


class AccessRules(PrivateModel):
    """What an organization asks for before it opens to a member; without a row, nothing more than signing in."""

    organization = models.OneToOneField(
        Organization, models.PROTECT, related_name="+", verbose_name=_("organization"), editable=False
    )
    requires_second_factor = models.BooleanField(_("a second factor is needed"), default=False)
    requires_single_sign_on = models.BooleanField(_("single sign-on is needed"), default=False)

    class Meta:
        verbose_name = _("access rules")
        verbose_name_plural = _("access rules")

    def __str__(self) -> str:
        return str(self.organization)


class Viewing(PrivateModel):
    """One time an operator looked at the portal through a member's eyes: why, and from when to when."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    member_id = models.UUIDField(_("member"))
    member_name = models.CharField(_("name of the member"), max_length=160)
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("operator"))
    reason = models.CharField(_("reason"), max_length=300)
    started_at = models.DateTimeField(_("began"))
    expires_at = models.DateTimeField(_("ends at the latest"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT", "UPDATE"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("view as a member")
        verbose_name_plural = _("views as a member")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="viewing_has_reason"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("started_at")), name="viewing_ends_after_it_began"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], condition=models.Q(ended_at=None), name="viewing_under_way")
        ]

    def __str__(self) -> str:
        return self.member_name

    def is_over_at(self, now: datetime) -> bool:
        """Whether nothing is shown any more."""
        return self.ended_at is not None or now >= self.expires_at
