"""Words for what feeds say."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.outgoing import OutgoingError
from alliance.kernel.spreadsheets.problems import FileRefusedError
from partners.catalogue.feeds.domain import INTERVALS, FetchFailure, FetchOutcome, PausedBecause

OUTCOME_NAMES: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        FetchOutcome.UNCHANGED: _("Nothing new"),
        FetchOutcome.STORED: _("Fetched; say how to read it"),
        FetchOutcome.IMPORTED: _("Imported"),
        FetchOutcome.FAILED: _("Failed"),
    }
)
PAUSE_NAMES: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        PausedBecause.MEMBER: _("Paused by a member"),
        PausedBecause.FAILING: _("Paused: it failed eight times in a row"),
        PausedBecause.GONE: _("Paused: the server says that the file is gone for good"),
    }
)
INTERVAL_NAMES: Final[Mapping[int, str | Promise]] = MappingProxyType(
    {
        1: _("Every hour"),
        3: _("Every 3 hours"),
        6: _("Every 6 hours"),
        12: _("Every 12 hours"),
        24: _("Every day"),
    }
)
OUTCOME_CHOICES: Final = tuple((outcome.value, name) for outcome, name in OUTCOME_NAMES.items())  # type: ignore[attr-defined]
PAUSE_CHOICES: Final = tuple((reason.value, name) for reason, name in PAUSE_NAMES.items())  # type: ignore[attr-defined]
INTERVAL_CHOICES: Final = tuple((hours, INTERVAL_NAMES[hours]) for hours in INTERVALS)
_OWN: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        FetchFailure.HTTP_STATUS: _("The server does not give the file: it answers"),
        FetchFailure.SHRUNK: _("The file has less than half of the rows it had. If that is right, fetch it by hand."),
    }
)


def failure_sentence(code: str, where: str = "") -> str:
    """What went wrong with a fetch, in the language of the page; the code itself when it is not known here."""
    if code in _OWN:
        return f"{_OWN[code]} {where}".strip()
    if code in FileRefusedError.sentences:
        return FileRefusedError.said(code, where)
    return str(_network().get(code, code))


@cache
def _network() -> Mapping[str, str | Promise]:
    return {error.code: error.sentence for error in _kinds(OutgoingError)}


def _kinds(error: type[OutgoingError]) -> set[type[OutgoingError]]:
    return {error}.union(*(_kinds(kind) for kind in error.__subclasses__()))
