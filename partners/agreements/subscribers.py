"""What is done when something has happened to an agreement: those who sign for a party are told, copies are made."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import system_actor
from alliance.kernel.events import subscribe
from alliance.kernel.permissions import Permission
from partners.agreements.services.make_signed_copy import make_signed_copy
from partners.domain.local_days import last_day
from partners.events import (
    AgreementEnded,
    AgreementEvent,
    AgreementProposed,
    AgreementSigned,
    EndingAgreed,
    EndingDeclined,
    EndingEvent,
    EndingProposed,
    EndingRevocationAsked,
    EndingRevoked,
    NoticeGiven,
    VersionDeclined,
    VersionEvent,
)
from partners.mails import page_address
from partners.models import Agreement, AgreementParty, Ending, Organization
from partners.telling import tell_members


def on_agreement_signed(event: AgreementSigned, /, *, organization_id: UUID, now: datetime) -> None:
    """Make the copy that every party may keep; once, in the host's scope."""
    if str(organization_id) == event.host_id:
        actor = system_actor(organization_id, label="agreement signed")
        make_signed_copy(actor=actor, version_id=UUID(event.version_id), now=now)


# What is told, and whose act it was: nobody is told of what they did themselves.
_MAILS: Mapping[type[AgreementEvent], tuple[str, str]] = {
    AgreementProposed: ("agreement_waits", "proposed_by_id"),
    AgreementSigned: ("agreement_signed", ""),
    VersionDeclined: ("agreement_declined", "organization_id"),
    NoticeGiven: ("agreement_notice", "declared_by_id"),
    EndingProposed: ("agreement_ending_waits", "declared_by_id"),
    EndingDeclined: ("agreement_ending_declined", "organization_id"),
    EndingAgreed: ("agreement_ending_agreed", ""),
    EndingRevocationAsked: ("agreement_going_on_asked", "organization_id"),
    EndingRevoked: ("agreement_goes_on", ""),
    AgreementEnded: ("agreement_ended", ""),
}


def tell_of(event: AgreementEvent, /, *, organization_id: UUID, now: datetime) -> None:
    """Mail those who sign for the party; not the party that acted, nor a host without a seat."""
    template, whose = _MAILS[type(event)]
    actor_id = str(getattr(event, whose)) if whose else ""
    seats = AgreementParty.objects.filter(agreement_id=event.agreement_id, organization_id=organization_id)
    if actor_id == str(organization_id) or not seats.exists():
        return
    facts = _facts(event, actor_id)
    tell_members(template=template, permission=Permission.AGREEMENT_ACCEPT, facts=facts, now=now)


def _facts(event: AgreementEvent, actor_id: str) -> dict[str, str]:
    agreement = Agreement.objects.get(pk=event.agreement_id)
    actor = Organization.objects.filter(pk=actor_id).values_list("name", flat=True).first() if actor_id else ""
    facts = {
        "agreement": agreement.name,
        "actor": actor or "",
        "reason": str(getattr(event, "reason", "")),
        "link": page_address("agreement", agreement.id),
    }
    if isinstance(event, VersionEvent):
        facts["number"] = str(event.number)
    if isinstance(event, EndingEvent):
        facts["day"] = last_day(datetime.fromisoformat(event.ends_at), agreement.time_zone).isoformat()
        facts["kind"] = event.kind
        facts["reason"] = facts["reason"] or Ending.objects.values_list("reason", flat=True).get(pk=event.ending_id)
    return facts


def register() -> None:
    """Called when the app is ready."""
    subscribe(AgreementSigned, on_agreement_signed, name="partners.make_signed_copy", queue="reports")
    for event_class, (template, _whose) in _MAILS.items():
        subscribe(event_class, tell_of, name=f"partners.tell_{template}", queue="mail")
