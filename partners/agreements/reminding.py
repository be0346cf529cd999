"""Which parties are to be reminded of what at an instant. Reads across organizations; `remind_parties` writes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from partners.agreements.notice import own_end_of
from partners.domain.end_rule import AtEnd, term_ends
from partners.domain.local_days import last_day
from partners.domain.reminders import Point, ReminderKind, due_point, points_after, points_before
from partners.models import (
    Acceptance,
    Agreement,
    AgreementParty,
    AgreementStatus,
    Ending,
    EndingSignature,
    EndingStatus,
    SignaturePurpose,
    TermsStatus,
    TermsVersion,
)

_AHEAD: Final = timedelta(days=32)
_BEHIND: Final = timedelta(days=12)


@dataclass(frozen=True, slots=True)
class DueReminder:
    """One party is to be reminded of one thing for the local day `point.on`."""

    organization_id: UUID
    agreement_id: UUID
    agreement_name: str
    kind: ReminderKind
    subject_id: UUID
    point: Point
    number: int = 0


def due_reminders(now: datetime) -> Iterator[DueReminder]:
    """Every reminder whose time has come; those that were sent already too."""
    yield from _versions_waiting(now)
    yield from _endings_waiting(now)
    yield from _beginnings(now)
    yield from _ends(now)
    yield from _notice_deadlines(now)


def _versions_waiting(now: datetime) -> Iterator[DueReminder]:
    waiting = TermsVersion.objects.filter(status=TermsStatus.PROPOSED, created_at__gte=now - _BEHIND)
    for version in waiting.select_related("agreement"):
        points = points_after(version.created_at, version.agreement.time_zone)
        point = due_point(points, since=version.created_at, now=now)
        signed = Acceptance.objects.filter(version=version).values("organization_id")
        missing = AgreementParty.objects.filter(agreement=version.agreement).exclude(organization_id__in=signed)
        yield from _to(missing, version.agreement, ReminderKind.SIGN_VERSION, version.id, point, version.number)


def _endings_waiting(now: datetime) -> Iterator[DueReminder]:
    waiting = Ending.objects.filter(status=EndingStatus.PROPOSED, declared_at__gte=now - _BEHIND)
    for ending in waiting.select_related("agreement"):
        point = due_point(
            points_after(ending.declared_at, ending.agreement.time_zone), since=ending.declared_at, now=now
        )
        signed = EndingSignature.objects.filter(ending=ending, purpose=SignaturePurpose.END).values("organization_id")
        missing = AgreementParty.objects.filter(agreement=ending.agreement).exclude(organization_id__in=signed)
        yield from _to(missing, ending.agreement, ReminderKind.SIGN_ENDING, ending.id, point)


def _beginnings(now: datetime) -> Iterator[DueReminder]:
    coming = TermsVersion.objects.filter(
        status=TermsStatus.ACCEPTED, effective_from__gt=now, effective_from__lte=now + _AHEAD
    ).exclude(agreement__status=AgreementStatus.ENDED)
    for version in coming.select_related("agreement"):
        agreement = version.agreement
        if not agreement.is_over_by(version.effective_from):
            first = last_day(version.effective_from, agreement.time_zone) + timedelta(days=1)
            yield from _before(agreement, ReminderKind.BEGINS, version, first, now)


def _ends(now: datetime) -> Iterator[DueReminder]:
    """Agreements that end soon: by an ending, or with their last version."""
    soon = Q(ends_at__gt=now, ends_at__lte=now + _AHEAD) | Q(
        versions__status=TermsStatus.ACCEPTED,
        versions__effective_to__gt=now,
        versions__effective_to__lte=now + _AHEAD,
    )
    for agreement in Agreement.objects.filter(soon, status=AgreementStatus.SIGNED).distinct():
        end = own_end_of(agreement)
        latest = _latest(agreement)
        if end is not None and now < end and latest is not None:
            yield from _before(agreement, ReminderKind.ENDS, latest, last_day(end, agreement.time_zone), now)


def _notice_deadlines(now: datetime) -> Iterator[DueReminder]:
    """The last day on which a notice still ends a version with its present term."""
    renewing = TermsVersion.objects.filter(
        status=TermsStatus.ACCEPTED,
        at_end=AtEnd.RENEW,
        effective_from__lte=now,
        effective_to=None,
        agreement__status=AgreementStatus.SIGNED,
        agreement__ends_at=None,
    )
    for version in renewing.select_related("agreement"):
        deadline = _deadline(version, now)
        if deadline is not None:
            yield from _before(version.agreement, ReminderKind.NOTICE_DEADLINE, version, deadline, now)


def _deadline(version: TermsVersion, now: datetime) -> date | None:
    rule, zone = version.end_rule, version.agreement.time_zone
    if rule.notice_days is None or rule.renewal_months is None or version.signed_until is None:
        return None
    end = next(end for end in term_ends(version.signed_until, rule.renewal_months, zone) if end > now)
    return last_day(end, zone) - timedelta(days=rule.notice_days)


def _latest(agreement: Agreement) -> TermsVersion | None:
    accepted = TermsVersion.objects.filter(agreement=agreement, status=TermsStatus.ACCEPTED)
    return accepted.order_by("effective_from").last()


def _before(
    agreement: Agreement, kind: ReminderKind, version: TermsVersion, day: date, now: datetime
) -> Iterator[DueReminder]:
    since = version.accepted_at or version.created_at
    point = due_point(points_before(kind, day, agreement.time_zone), since=since, now=now)
    seats = AgreementParty.objects.filter(agreement=agreement)
    yield from _to(seats, agreement, kind, version.id, point, version.number)


def _to(
    seats: QuerySet[AgreementParty],
    agreement: Agreement,
    kind: ReminderKind,
    subject_id: UUID,
    point: Point | None,
    number: int = 0,
) -> Iterator[DueReminder]:
    if point is not None:
        for organization_id in seats.values_list("organization_id", flat=True):
            yield DueReminder(organization_id, agreement.id, agreement.name, kind, subject_id, point, number)
