"""What campaigns hears and works on; registered when the app starts."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import system_actor
from alliance.kernel.events import subscribe
from alliance.kernel.jobs import register_job
from campaigns import audit_words, webhook_types
from campaigns.models import ImportPreview, OrderImport
from campaigns.services.import_orders import import_orders
from campaigns.services.match_conversions import match_conversions
from campaigns.services.read_preview import read_preview
from partners.events import AgreementSigned, PartnerCodeChanged, PartnerJoined


def on_agreement_signed(event: AgreementSigned, *, organization_id: UUID, now: datetime) -> None:
    """Orders that came before the signatures are paid by the agreement they fall under; matched by the host alone."""
    if str(organization_id) != event.host_id:
        return
    actor = system_actor(organization_id, label="agreement signed")
    match_conversions(actor=actor, alliance_id=UUID(event.alliance_id), now=now)


def on_partner_joined(event: PartnerJoined, *, organization_id: UUID, now: datetime) -> None:
    """Orders under a code that nobody had are the new partner's."""
    actor = system_actor(organization_id, label="partner joined")
    match_conversions(
        actor=actor, alliance_id=UUID(event.alliance_id), organization_ids=[UUID(event.organization_id)], now=now
    )


def on_partner_code_changed(event: PartnerCodeChanged, *, organization_id: UUID, now: datetime) -> None:
    """Orders under a code that nobody had are the partner's who has it now."""
    if event.partner_code:
        actor = system_actor(organization_id, label="partner code changed")
        match_conversions(
            actor=actor, alliance_id=UUID(event.alliance_id), organization_ids=[UUID(event.organization_id)], now=now
        )


def register() -> None:
    """Called once from `AppConfig.ready()`."""
    subscribe(AgreementSigned, on_agreement_signed, name="campaigns.match_signed_agreement", queue="events")
    subscribe(PartnerJoined, on_partner_joined, name="campaigns.match_joined_partner", queue="events")
    subscribe(PartnerCodeChanged, on_partner_code_changed, name="campaigns.match_changed_code", queue="events")
    register_job(ImportPreview, read_preview, queue="events")
    register_job(OrderImport, import_orders, queue="events")
    audit_words.register()
    webhook_types.register()
