"""What a notice given now would do: under which version, and when the agreement would end."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import DomainError
from partners.agreements.services.declare_ending import NothingToEndError, require_signed
from partners.domain.end_rule import AtEnd, notice_end
from partners.models import Agreement, TermsStatus, TermsVersion
from partners.selectors import terms_in_force


class NoNoticeError(DomainError):
    """The terms know no notice."""

    code = "no_notice"
    sentence = _("The terms in force can't be ended by notice. Propose to end the agreement by consent.")


class EndsBeforeError(DomainError):
    """The agreement ends before, or at, the end that is asked for."""

    code = "ends_before"
    sentence = _("The agreement ends by then anyway.")


@dataclass(frozen=True, slots=True)
class NoticeOutlook:
    """A notice given now relies on the rule of `version` and ends the agreement at the half-open `ends_at`."""

    version: TermsVersion
    ends_at: datetime


def notice_outlook(agreement: Agreement, *, now: datetime) -> NoticeOutlook:
    """What a notice given now would do. The version in force decides, or the next one when none is in force.

    Raises `NothingToEndError`, `NoNoticeError`, `EndsBeforeError`.
    """
    require_signed(agreement)
    version, is_fallback = _governing(agreement, now)
    signed_until = version.signed_until if version.at_end == AtEnd.RENEW and not is_fallback else None
    ends_at = notice_end(version.end_rule, given_at=now, time_zone=agreement.time_zone, signed_until=signed_until)
    if ends_at is None:
        raise NoNoticeError
    if (own_end := own_end_of(agreement)) is not None and own_end <= ends_at:
        raise EndsBeforeError
    return NoticeOutlook(version, ends_at)


def own_end_of(agreement: Agreement) -> datetime | None:
    """When the agreement ends as things stand: by an ending, or with its last version; `None` while that is open."""
    last = (
        TermsVersion.objects.filter(agreement=agreement, status=TermsStatus.ACCEPTED).order_by("effective_from").last()
    )
    runs_out = last.effective_to if last is not None and last.at_end != AtEnd.FALL_BACK else None
    return min((end for end in (agreement.ends_at, runs_out) if end is not None), default=None)


def _governing(agreement: Agreement, now: datetime) -> tuple[TermsVersion, bool]:
    """The version in force and whether it is so as a fallback; else the next one that will be."""
    accepted = TermsVersion.objects.filter(agreement=agreement, status=TermsStatus.ACCEPTED)
    found = terms_in_force(agreement_id=agreement.id, at=now)
    if found is not None:
        return accepted.get(pk=found.version_id), found.is_fallback
    coming = accepted.filter(effective_from__gt=now).order_by("effective_from").first()
    if coming is None:
        raise NothingToEndError
    return coming, False
