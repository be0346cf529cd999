"""Note the terms that versions which renew themselves have begun; by the clock."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce

from alliance.kernel import audit
from alliance.kernel.actor import system_actor
from alliance.kernel.tenancy import across_organizations, organization_scope
from partners.agreements.naming import named
from partners.agreements.seats import locked_version
from partners.agreements.services.tell_parties import tell_parties
from partners.domain.end_rule import term_ends
from partners.events import VersionRenewed
from partners.models import AgreementStatus, AtEndChoice, Renewal, TermsStatus, TermsVersion

_MOST = 500


def renew_due_versions(*, now: datetime) -> int:
    """Write a row for each term that has begun, and tell the parties; how many rows.

    The terms go on whether or not this has run. Runs outside any scope; repeating it is harmless.
    """
    with across_organizations(reason="the clock notes renewals of every organization"):
        renewing = TermsVersion.objects.filter(
            status=TermsStatus.ACCEPTED,
            at_end=AtEndChoice.RENEW,
            signed_until__lte=now,
            agreement__status=AgreementStatus.SIGNED,
        ).annotate(known_to=Coalesce(Max("renewals__term_to"), F("signed_until")))
        due = renewing.filter(Q(effective_to=None) | Q(effective_to__gt=F("known_to")), known_to__lte=now)
        found = list(due.order_by("id").values_list("id", "agreement__host_id")[:_MOST])
    return sum(_renew(version_id, host_id, now) for version_id, host_id in found)


def _renew(version_id: UUID, host_id: UUID, now: datetime) -> int:
    actor = system_actor(host_id, label="the clock")
    with organization_scope(host_id):
        version = locked_version(version_id)
        begun = _begun_terms(version, now)
        for term_from, term_to in begun:
            renewal = Renewal.objects.create(
                agreement=version.agreement, version=version, term_from=term_from, term_to=term_to, created_at=now
            )
            after = {"version": version.number, "term_from": term_from, "term_to": term_to}
            audit.record(actor, "agreement.renewed", renewal, now=now, after=after)
            renewed = VersionRenewed(term_from=term_from.isoformat(), term_to=term_to.isoformat(), **named(version))
            tell_parties(renewed, agreement=version.agreement, now=now)
    return len(begun)


def _begun_terms(version: TermsVersion, now: datetime) -> list[tuple[datetime, datetime]]:
    """The renewed terms that have begun, while the version was in force, and are not noted yet."""
    months, signed_until = version.end_rule.renewal_months, version.signed_until
    if months is None or signed_until is None or version.agreement.is_ended:
        return []
    known = set(version.renewals.values_list("term_from", flat=True))
    ends = [end for end in (version.effective_to, version.agreement.ends_at) if end is not None]
    stop = min([now + timedelta(microseconds=1), *ends])
    found = []
    boundaries = term_ends(signed_until, months, version.agreement.time_zone)
    begin = next(boundaries)
    for end in boundaries:
        if begin >= stop:
            break
        if begin not in known:
            found.append((begin, end))
        begin = end
    return found
