"""Organizations and the people in them."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.permissions import Role
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import GlobalModel, PrivateModel, SharedModel, Tenancy
from alliance.kernel.tenancy.classes import global_rows, private, shared


class OrganizationKind(models.TextChoices):
    """The two sides of an alliance."""

    HOST = "host", _("Host platform")
    PARTNER = "partner", _("Partner")


class Organization(SharedModel):
    """A tenant: the host platform or a partner company. Seen by itself and by those it shares an alliance or agreement with.

    `status` is guarded by the database: it moves only along its legal ways, and never by the runtime role's own hand.
    """

    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=10, choices=OrganizationKind.choices)
    industry = models.CharField(_("industry"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    created_at = models.DateTimeField(_("created"), default=utc_now, editable=False)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=OrganizationStatus.choices,
        default=OrganizationStatus.ACTIVE,
        db_default=OrganizationStatus.ACTIVE,
    )
    founded_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, editable=False, related_name="+")

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="partners_organization_parties(NEW.id)", owner_column="id", verbs=("SELECT", "INSERT", "UPDATE")
    )

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganizationKind.values), name="organization_kind_known"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="organization_name_given"),
            models.CheckConstraint(
                condition=models.Q(status__in=OrganizationStatus.values), name="organization_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_host(self) -> bool:
        """Whether this organization opens alliances."""
        return self.kind == OrganizationKind.HOST


class OrganizationStatusChange(PrivateModel):
    """Why and when an organization's status changed, and who changed it. Its members may read it; never changed."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="status_changes", verbose_name=_("organization")
    )
    before = models.CharField(_("before"), max_length=10, choices=OrganizationStatus.choices)
    after = models.CharField(_("after"), max_length=10, choices=OrganizationStatus.choices)
    reason = models.CharField(_("reason"), max_length=500)
    changed_by = models.CharField(_("by"), max_length=160)
    changed_at = models.DateTimeField(_("when"), default=utc_now)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT",), operator_verbs=("SELECT", "INSERT"))

    class Meta:
        verbose_name = _("change of status")
        verbose_name_plural = _("changes of status")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["organization", "-id"], name="status_change_latest")]

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.before} → {self.after}"


class Member(PrivateModel):
    """A person with a role inside an organization."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="members", verbose_name=_("organization")
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    joined_at = models.DateTimeField(_("joined"), default=utc_now)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "user"], name="member_once_per_organization"),
            models.UniqueConstraint(fields=["id", "organization"], name="member_id_organization"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="member_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class Invitation(PrivateModel):
    """An offer of membership, bound to an address; only the hash of its token is kept."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=10, default="en")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("created"), default=utc_now)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_open_once_per_address",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def is_open_at(self, now: datetime) -> bool:
        """Whether the link still works."""
        return self.accepted_at is None and self.revoked_at is None and now < self.expires_at


class HostApplicationStatus(models.TextChoices):
    """Where an application stands."""

    PENDING = "pending", _("Waiting for review")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class HostApplication(GlobalModel):
    """A company that asks to host alliances on this installation. Anyone may hand one in; only operators read them.

    A company that wants to join an alliance applies to its host instead: `partners/onboarding/`.
    """

    organization_name = models.CharField(_("organization"), max_length=160)
    country = models.CharField(_("country"), max_length=2, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    contact_name = models.CharField(_("contact"), max_length=120)
    contact_email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=10, default="en")
    message = models.TextField(_("message"), max_length=2000, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=HostApplicationStatus.choices, default=HostApplicationStatus.PENDING
    )
    created_at = models.DateTimeField(_("created"), default=utc_now, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    tenancy: ClassVar[Tenancy] = global_rows(verbs=("INSERT",))

    class Meta:
        verbose_name = _("host application")
        verbose_name_plural = _("host applications")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=HostApplicationStatus.values), name="application_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.organization_name
