"""What went wrong, for people. The code itself is kept in the row."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.outgoing import OutgoingError
from partners.webhooks.sending import INTERNAL_ERROR
from partners.webhooks.services.switch_off_endpoint import DISABLED_ERROR

_OWN: Final = {
    DISABLED_ERROR: _("The endpoint was switched off."),
    INTERNAL_ERROR: _("It failed on our side; we try again."),
}


def error_sentence(code: str) -> str:
    """The sentence of an error code, or the code itself when it is not known here."""
    return str(_sentences().get(code, code))


@cache
def _sentences() -> Mapping[str, str | Promise]:
    return {error.code: error.sentence for error in _kinds(OutgoingError)} | _OWN


def _kinds(error: type[OutgoingError]) -> set[type[OutgoingError]]:
    return {error}.union(*(_kinds(kind) for kind in error.__subclasses__()))
