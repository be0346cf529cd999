"""The host puts a logo on its application page, or takes it off."""

import io
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.files import File
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import InvalidInputError, NotFoundError
from alliance.kernel.files import FileKind, UploadRules, forget_file, received_file
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.onboarding.models import ApplicationPage, ApplicationPageLogo
from partners.onboarding.selectors import page_of
from partners.services.add_partner import locked_alliance

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_PIXELS: Final = 4000 * 4000
SHOWN_WITHIN: Final = (480, 240)


class LogoUnreadableError(InvalidInputError):
    """No picture can be made of it."""

    code = "logo_unreadable"
    sentence = _("This picture can't be read, or is larger than 16 million pixels.")


def set_page_logo(*, actor: Actor, alliance_id: UUID, content: File | None, name: str = "", now: datetime) -> None:  # type: ignore[type-arg]
    """Replace the page's logo by `content`, or remove it when that is `None`.

    The picture is checked as every upload, then drawn anew as a small PNG: what visitors load was written by us, without
    whatever else the file may have carried. Raises `NotFoundError`, `HostOnlyError`, `LogoUnreadableError`, what
    `received_file` raises, `NotPermittedError`.
    """
    actor.require(Permission.ALLIANCE_MANAGE)
    with atomic():
        locked_alliance(actor=actor, alliance_id=alliance_id)
        page = page_of(alliance_id)
        if page is None:
            raise NotFoundError
        _forget(page)
        if content is not None:
            _keep(page, content, name)
        audit.record(actor, "application_page.logo_set", page, now=now, after={"has_logo": content is not None})


def _forget(page: ApplicationPage) -> None:
    for logo in ApplicationPageLogo.objects.filter(page=page):
        forget_file(logo.stored_as)
        logo.delete()


def _keep(page: ApplicationPage, content: File, name: str) -> None:  # type: ignore[type-arg]
    pictures = UploadRules(frozenset({FileKind.PNG, FileKind.JPEG}), MAX_BYTES)
    with received_file(content, name=name, rules=pictures, organization_id=page.organization_id) as received:
        forget_file(received.stored_as)  # what was sent is not kept; what is drawn from it is
        content.seek(0)
        drawn = ContentFile(_redrawn(content))
    with received_file(drawn, name="logo.png", rules=pictures, organization_id=page.organization_id) as received:
        ApplicationPageLogo.objects.create(organization_id=page.organization_id, page=page, **received.columns())


def _redrawn(content: File) -> bytes:  # type: ignore[type-arg]
    try:
        with Image.open(content, formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise LogoUnreadableError(field="logo")
            picture.thumbnail(SHOWN_WITHIN)
            written = io.BytesIO()
            picture.convert("RGBA").save(written, "PNG")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise LogoUnreadableError(field="logo") from error
    return written.getvalue()
