"""The list of agreements, and one agreement as a whole."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from alliance.kernel.actor import Actor
from alliance.kernel.clock import local_date, utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.agreements.forms import AgreementFilters
from partners.agreements.history import Moment, history_of
from partners.agreements.lists import matching_agreements
from partners.agreements.notice import NoticeOutlook, notice_outlook
from partners.agreements.pages.showing import EndingView, Reader, VersionView, reader_of
from partners.agreements.tables import AgreementTable
from partners.domain.timeline import TermsInForce
from partners.models import Agreement, AgreementParty, Renewal, TermsVersion
from partners.selectors import hosted_alliances, terms_in_force
from partners.sentences.force import notice_sentence

PAGE_SIZE = 25


@require_safe
@member_view(Permission.AGREEMENT_READ)
def agreements(request: MemberRequest) -> HttpResponse:
    """The agreements this organization sees: searched, filtered, sorted, by pages."""
    form = AgreementFilters(request.GET or None)
    seats = AgreementParty.objects.select_related("organization").order_by("rank")
    rows = matching_agreements(organization_id=request.organization.id, now=utc_now(), **form.given())
    table = AgreementTable(rows.prefetch_related(Prefetch("seats", queryset=seats)))
    paged(request, table, per_page=PAGE_SIZE)
    context = {
        "table": table,
        "form": form,
        "has_any": bool(table.rows) or Agreement.objects.exists(),
        "alliances": hosted_alliances(),
        "may_propose": request.actor.can(Permission.AGREEMENT_PROPOSE),
    }
    return render(request, "partners/agreements/list.html", context)


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """One agreement: what binds now, what is to come, what waits, and everything that was."""

    agreement: Agreement
    reader: Reader
    versions: tuple[VersionView, ...]
    endings: tuple[EndingView, ...]
    in_force: TermsInForce | None
    outlook: NoticeOutlook | None
    history: list[Moment]
    now: datetime

    @property
    def parties(self) -> tuple[str, ...]:
        """By name, in the order of rank."""
        return tuple(self.reader.name(seat) for seat in self.reader.seats)

    @property
    def version_in_force(self) -> VersionView | None:
        """The version that binds now."""
        wanted = self.in_force.version_id if self.in_force else None
        return next((view for view in self.versions if view.version.id == wanted), None)

    @property
    def first_day(self) -> date | None:
        """Since when it binds."""
        begin = self.in_force.effective_from if self.in_force else None
        return local_date(begin, self.agreement.time_zone) if begin else None

    @property
    def coming(self) -> list[VersionView]:
        """Accepted versions that begin later, the next one first."""
        return sorted(
            (v for v in self.versions if v.version.is_accepted and v.version.effective_from > self.now),
            key=lambda view: view.version.effective_from,
        )

    @property
    def open_versions(self) -> list[VersionView]:
        """Versions that collect signatures."""
        return [view for view in self.versions if view.version.is_open]

    @property
    def open_endings(self) -> list[EndingView]:
        """Endings that ask for something: proposed ones, and those that somebody wants withdrawn."""
        return [view for view in self.endings if view.ending.is_open or view.is_mine_to_let_go_on]

    @property
    def standing(self) -> EndingView | None:
        """The ending by which the agreement ends."""
        ends_at = self.agreement.ends_at
        standing = (v for v in self.endings if v.ending.is_standing and v.ending.ends_at == ends_at)
        return next(standing, None)

    @property
    def notice_sentence(self) -> str:
        """How the version in force, or the next one, can be ended by notice."""
        view = self.version_in_force or next(iter(self.coming), None)
        return notice_sentence(view.version.end_rule) if view else ""

    @property
    def may_amend(self) -> bool:
        """Whether the person may propose other terms."""
        return self.reader.may(Permission.AGREEMENT_PROPOSE) and not self.agreement.is_ended

    @property
    def may_end(self) -> bool:
        """Whether the person may do something that ends it."""
        is_alive = self.agreement.is_signed and not self.agreement.is_over_by(self.now)
        return is_alive and self.reader.may(Permission.AGREEMENT_ACCEPT)

    @property
    def may_propose_end(self) -> bool:
        """Whether the person may propose to end it by consent."""
        return self.may_end and not any(view.ending.is_open for view in self.endings)


@require_safe
@member_view(Permission.AGREEMENT_READ)
def agreement(request: MemberRequest, agreement_id: UUID) -> HttpResponse:
    """One agreement: what is in force, what is scheduled, what waits, and its whole history."""
    page = agreement_page(agreement_id, actor=request.actor, now=utc_now())
    return render(request, "partners/agreements/agreement.html", {"page": page, "agreement": page.agreement})


def agreement_page(agreement_id: UUID, *, actor: Actor, now: datetime) -> AgreementPage:
    """Everything the page shows; raises `NotFoundError` for another's agreement."""
    found = Agreement.objects.select_related("alliance", "host", "proposed_by").filter(pk=agreement_id).first()
    if found is None:
        raise NotFoundError
    reader = reader_of(found, actor=actor, language=get_language() or "en")
    versions = [_with(version, found) for version in _versions(found)]
    endings = list(found.endings.prefetch_related("signatures").order_by("-id"))
    renewals = Renewal.objects.filter(agreement=found).select_related("version")
    for ending in endings:
        ending.agreement = found
    return AgreementPage(
        agreement=found,
        reader=reader,
        versions=tuple(VersionView(version, reader) for version in versions),
        endings=tuple(EndingView(ending, reader, now) for ending in endings),
        in_force=terms_in_force(agreement_id=found.id, at=now),
        outlook=_outlook(found, now),
        history=history_of(found, versions, endings, renewals, name=reader.name, now=now),
        now=now,
    )


def _versions(found: Agreement) -> QuerySet[TermsVersion]:
    versions = found.versions.select_related("answers", "fallback", "signed_copy")
    return versions.prefetch_related("acceptances").order_by("-number")


def _with(version: TermsVersion, found: Agreement) -> TermsVersion:
    version.agreement = found
    return version


def _outlook(found: Agreement, now: datetime) -> NoticeOutlook | None:
    """What a notice given now would do, `None` where none can be given."""
    try:
        return notice_outlook(found, now=now)
    except DomainError:
        return None
