"""A company asks to host alliances on this installation."""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import InvalidInputError
from alliance.kernel.tenancy import atomic, on_commit
from partners.domain.terms import is_time_zone
from partners.mails import send_mail
from partners.models import HostApplication, User
from partners.services.create_organization import OrganizationNameMissingError, UnknownTimeZoneError
from partners.services.invite_member import checked_address

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HostApplicationForm:
    """What the company says. `language` is the one its contact reads."""

    organization_name: str
    contact_name: str
    contact_email: str
    time_zone: str = "UTC"
    country: str = ""
    language: str = "en"
    message: str = ""


class ContactMissingError(InvalidInputError):
    """Somebody answers for the application."""

    code = "contact_missing"
    sentence = _("Tell us whom to answer.")


def submit_host_application(*, application: HostApplicationForm, now: datetime) -> UUID:
    """Keep the application for the operators to decide and mail them; it gives no access by itself.

    Anyone may apply, so there is no actor. Raises `OrganizationNameMissingError`, `ContactMissingError`,
    `AddressInvalidError`, `UnknownTimeZoneError`.
    """
    if not application.organization_name.strip():
        raise OrganizationNameMissingError(field="organization_name")
    if not application.contact_name.strip():
        raise ContactMissingError(field="contact_name")
    if not is_time_zone(application.time_zone):
        raise UnknownTimeZoneError(field="time_zone")
    with atomic():
        created = HostApplication.objects.create(
            organization_name=application.organization_name.strip(),
            country=application.country,
            time_zone=application.time_zone,
            contact_name=application.contact_name.strip(),
            contact_email=checked_address(application.contact_email),
            language=application.language,
            message=application.message.strip(),
            created_at=now,
        )
        on_commit(lambda: _tell_operators(created))
    return created.id


def _tell_operators(application: HostApplication) -> None:
    """One mail to each operator in their language; the row in the console stands whether the mail arrives or not."""
    for email, language in User.objects.filter(is_staff=True, is_active=True).values_list("email", "language"):
        context: dict[str, object] = {"application": application}
        try:
            send_mail("host_application", to=[email], language=language or "en", context=context)
        except OSError:
            logger.exception("the mail about an application was not sent")
