"""Remember in which language a person reads, so that mails to them are written in it."""

from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import InvalidInputError
from alliance.kernel.tenancy import atomic
from partners.models import User


class LanguageNotOfferedError(InvalidInputError):
    """The installation has no such language."""

    code = "language_not_offered"
    sentence = _("This language is not offered.")


def choose_language(*, user_id: UUID, language: str) -> None:
    """The person reads `language` (a code of `settings.LANGUAGES`) from now on. Raises `LanguageNotOfferedError`."""
    if language not in dict(settings.LANGUAGES):
        raise LanguageNotOfferedError(field="language")
    with atomic():
        User.objects.filter(pk=user_id).exclude(language=language).update(language=language)
