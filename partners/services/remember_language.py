"""Remember the language a person reads, for the mails they get."""

from uuid import UUID

from partners.models import User


def remember_language(*, user_id: UUID, language: str) -> None:
    """Keep the language in which the person has just signed in. It is their own act and changes no right: no audit row."""
    User.objects.filter(pk=user_id).exclude(language=language).update(language=language)
