"""What has happened to an agreement and what is to come, in order of time and in words."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import Agreement, Ending, EndingStatus, Renewal, TermsStatus, TermsVersion

Name = Callable[[UUID | None], str]
_CLOSED: Final[dict[str, Promise]] = {
    TermsStatus.WITHDRAWN: gettext_lazy("%(party)s withdrew version %(number)s."),
    TermsStatus.DECLINED: gettext_lazy("%(party)s declined version %(number)s."),
    TermsStatus.REPLACED: gettext_lazy("%(party)s answered version %(number)s with another proposal."),
    TermsStatus.LAPSED: gettext_lazy("Version %(number)s lapsed with the agreement."),
}
_DECLARED: Final[dict[str, Promise]] = {
    "notice": gettext_lazy("%(party)s gave notice."),
    "mutual": gettext_lazy("%(party)s proposed to end the agreement."),
    "cause": gettext_lazy("%(party)s ended the agreement for cause."),
}
_SETTLED: Final[dict[str, Promise]] = {
    EndingStatus.STANDING: gettext_lazy("Every party agreed to end the agreement."),
    EndingStatus.REVOKED: gettext_lazy("Every party agreed that the agreement goes on."),
    EndingStatus.WITHDRAWN: gettext_lazy("%(party)s withdrew the proposal to end the agreement."),
    EndingStatus.DECLINED: gettext_lazy("%(party)s declined to end the agreement."),
    EndingStatus.LAPSED: gettext_lazy("The proposal to end the agreement lapsed with it."),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something at an instant; `reason` as somebody gave it, `address` the page that shows it."""

    at: datetime
    text: str
    is_to_come: bool
    reason: str = ""
    address: str = ""


def history_of(
    agreement: Agreement,
    versions: Iterable[TermsVersion],
    endings: Iterable[Ending],
    renewals: Iterable[Renewal],
    *,
    name: Name,
    now: datetime,
) -> list[Moment]:
    """Every moment, latest first; what happened at one instant, in the order in which it must have."""
    found = [
        *(moment for version in sorted(versions, key=_number) for moment in _of_version(version, agreement, name, now)),
        *(moment for ending in endings for moment in _of_ending(ending, name)),
        *_of_renewals(renewals),
        *_end(agreement, now),
    ]
    return sorted(found, key=lambda moment: moment.at)[::-1]


def _number(version: TermsVersion) -> int:
    return version.number


def _of_version(version: TermsVersion, agreement: Agreement, name: Name, now: datetime) -> Iterator[Moment]:
    number = {"number": version.number}
    address = reverse("portal:agreement_version", args=[version.agreement_id, version.id])
    proposed = _("%(party)s proposed version %(number)s.") % {"party": name(version.proposed_by_id), **number}
    yield Moment(version.created_at, proposed, is_to_come=False, address=address)
    if version.closed_at is not None:
        said = str(_CLOSED[version.status]) % {"party": name(version.closed_by_id), **number}
        yield Moment(version.closed_at, said, is_to_come=False, reason=version.close_reason, address=address)
    if version.accepted_at is None:
        return
    accepted = _("Every party has accepted version %(number)s.") % number
    yield Moment(version.accepted_at, accepted, is_to_come=False, address=address)
    if not agreement.is_over_by(version.effective_from):
        begins = _("Version %(number)s is in force from here on.") % number
        yield Moment(version.effective_from, begins, is_to_come=version.effective_from > now, address=address)


def _of_ending(ending: Ending, name: Name) -> Iterator[Moment]:
    address = reverse("portal:ending", args=[ending.agreement_id, ending.id])
    if ending.kind in _DECLARED:
        said = str(_DECLARED[ending.kind]) % {"party": name(ending.declared_by_id)}
        yield Moment(ending.declared_at, said, is_to_come=False, reason=ending.reason, address=address)
    if ending.settled_at is not None:
        said = str(_SETTLED[ending.status]) % {"party": name(ending.settled_by_id)}
        yield Moment(ending.settled_at, said, is_to_come=False, reason=ending.settle_reason, address=address)


def _of_renewals(renewals: Iterable[Renewal]) -> Iterator[Moment]:
    for renewal in renewals:
        said = _("Version %(number)s began another term.") % {"number": renewal.version.number}
        yield Moment(renewal.term_from, said, is_to_come=False)


def _end(agreement: Agreement, now: datetime) -> Iterator[Moment]:
    """The last moment of the agreement: of a day that is its last, the second before midnight."""
    end = agreement.ends_at
    if end is None:
        return
    is_midnight = end.astimezone(ZoneInfo(agreement.time_zone)).time() == time()
    shown = end - timedelta(seconds=1) if is_midnight else end
    yield Moment(shown, _("The agreement ends."), is_to_come=end > now)
