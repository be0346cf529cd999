"""The host makes or changes the application page of its alliance."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import InvalidInputError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.industries import Industry
from partners.models.alliances import Alliance
from partners.onboarding.domain.colours import is_colour, is_readable_under_white
from partners.onboarding.models import ApplicationPage, DocumentKind
from partners.onboarding.selectors import application_page
from partners.services.add_partner import locked_alliance

MAX_REAPPLY_DAYS: Final = 730
LONGEST_INTRODUCTION: Final = 3000
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG: Final = 60


@dataclass(frozen=True, slots=True)
class PageContent:
    """What the page says and asks for."""

    slug: str
    display_name: str
    accent_colour: str
    introduction_en: str = ""
    introduction_zh: str = ""
    industries: tuple[str, ...] = ()
    required_documents: tuple[str, ...] = ("business_licence", "bank_proof")
    reapply_days: int = 90
    is_open: bool = True


class SlugInvalidError(InvalidInputError):
    """It can't stand in an address."""

    code = "slug_invalid"
    sentence = _("Use small letters, digits and single hyphens, at most 60 of them.")


class SlugTakenError(InvalidInputError):
    """Another page has this address."""

    code = "slug_taken"
    sentence = _("Another page has this address.")


class ColourUnreadableError(InvalidInputError):
    """White text on this colour can't be read by everybody."""

    code = "colour_unreadable"
    sentence = _("White text on this colour would be hard to read. Choose a darker one, written #rrggbb.")


class PageContentInvalidError(InvalidInputError):
    """A value is not one of those offered."""

    code = "page_content_invalid"
    sentence = _("Choose among what is offered.")


class DisplayNameMissingError(InvalidInputError):
    """A page has a name."""

    code = "display_name_missing"
    sentence = _("Give the page a name.")


def save_application_page(*, actor: Actor, alliance_id: UUID, content: PageContent, now: datetime) -> UUID:
    """Make the alliance's page or change it; returns its id. Saving the same again records nothing.

    Raises `NotFoundError`, `HostOnlyError`, `SlugInvalidError`, `SlugTakenError`, `ColourUnreadableError`,
    `DisplayNameMissingError`, `PageContentInvalidError`, `NotPermittedError`.
    """
    actor.require(Permission.ALLIANCE_MANAGE)
    _check(content)
    with atomic():
        alliance = locked_alliance(actor=actor, alliance_id=alliance_id)
        taken = application_page(slug=content.slug)
        if taken is not None and taken.alliance_id != alliance_id:
            raise SlugTakenError(field="slug")
        page = ApplicationPage.objects.filter(alliance=alliance).first() or _fresh(alliance)
        before = _said(page)
        for column, value in _columns(content).items():
            setattr(page, column, value)
        if page._state.adding or _said(page) != before:  # noqa: SLF001  Django's word for a row not yet kept
            page.changed_at = now
            page.save()
            audit.record(actor, "application_page.saved", page, now=now, before=before, after=_said(page))
    return page.pk


def _fresh(alliance: Alliance) -> ApplicationPage:
    return ApplicationPage(alliance=alliance, organization_id=alliance.host_id)


def _columns(content: PageContent) -> dict[str, object]:
    return {
        "slug": content.slug,
        "display_name": content.display_name.strip(),
        "accent_colour": content.accent_colour,
        "introduction_en": content.introduction_en.strip()[:LONGEST_INTRODUCTION],
        "introduction_zh": content.introduction_zh.strip()[:LONGEST_INTRODUCTION],
        "industries": list(content.industries),
        "required_documents": list(content.required_documents),
        "reapply_days": content.reapply_days,
        "is_open": content.is_open,
    }


def _said(page: ApplicationPage) -> dict[str, object]:
    shown = PageContent.__dataclass_fields__
    return {column: getattr(page, column) for column in shown}


def _check(content: PageContent) -> None:
    if not _SLUG.fullmatch(content.slug) or len(content.slug) > _LONGEST_SLUG:
        raise SlugInvalidError(field="slug")
    if not content.display_name.strip():
        raise DisplayNameMissingError(field="display_name")
    if not is_colour(content.accent_colour) or not is_readable_under_white(content.accent_colour):
        raise ColourUnreadableError(field="accent_colour")
    offered = {
        "industries": set(content.industries) <= set(Industry.values),
        "required_documents": set(content.required_documents) <= set(DocumentKind.values),
        "reapply_days": 0 <= content.reapply_days <= MAX_REAPPLY_DAYS,
    }
    for field, is_offered in offered.items():
        if not is_offered:
            raise PageContentInvalidError(field=field)
