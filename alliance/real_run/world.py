"""The organizations of a run: a host, one partner for each name in the file, and a signed agreement with each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel.actor import Actor, system_actor
from alliance.kernel.ids import new_id
from alliance.kernel.inline import work_off
from alliance.kernel.tenancy import organization_scope
from alliance.real_run.source import Source
from partners.domain.proposal import AgreementFrame, Proposal
from partners.models.organizations import OrganizationKind
from partners.services.accept_agreement import Signature, accept_agreement
from partners.services.add_partner import add_partner
from partners.services.create_organization import NewOrganization, create_organization
from partners.services.open_alliance import open_alliance
from partners.services.propose_agreement import propose_agreement

HOST_SHARE: Final = "3/5"
PARTNER_SHARE: Final = "2/5"


@dataclass(frozen=True, slots=True)
class World:
    """Who there is. `partners` maps the name in the file to the organization."""

    host_id: UUID
    alliance_id: UUID
    partners: dict[str, UUID]

    @property
    def host(self) -> Actor:
        """The host, acting."""
        return _actor(self.host_id)


def build_world(source: Source, *, now: datetime) -> World:
    """Found everything through the services that people use."""
    zone = source.mapping.time_zone
    host_id = _found("Real run host", OrganizationKind.HOST, zone, now)
    with organization_scope(host_id):
        alliance_id = open_alliance(actor=_actor(host_id), name="Real run", now=now)
    partners: dict[str, UUID] = {}
    for name in source.partners:
        partners[name] = _found(name, OrganizationKind.PARTNER, zone, now)
        _join_and_sign(source, name, (host_id, alliance_id, partners[name]), now)
    work_off(host_id)
    return World(host_id, alliance_id, partners)


def _actor(organization_id: UUID) -> Actor:
    return system_actor(organization_id, label="real run")


def _found(name: str, kind: OrganizationKind, zone: str, now: datetime) -> UUID:
    organization_id = new_id()
    with organization_scope(organization_id):
        create_organization(
            actor=_actor(organization_id),
            organization=NewOrganization(name, kind, time_zone=zone),
            owner_id=None,
            now=now,
        )
    return organization_id


def _join_and_sign(source: Source, name: str, ids: tuple[UUID, UUID, UUID], now: datetime) -> None:
    host_id, alliance_id, partner_id = ids
    with organization_scope(host_id):
        add_partner(
            actor=_actor(host_id), alliance_id=alliance_id, organization_id=partner_id, partner_code=name, now=now
        )
        proposed = propose_agreement(
            actor=_actor(host_id),
            alliance_id=alliance_id,
            frame=AgreementFrame(f"Split with {name}", source.mapping.currency, source.mapping.time_zone),
            proposal=Proposal(((host_id, HOST_SHARE), (partner_id, PARTNER_SHARE)), source.first_day.replace(day=1)),
            signature=Signature(name="Real run host", language="en"),
            now=now,
        )
    with organization_scope(partner_id):
        accept_agreement(
            actor=_actor(partner_id),
            version_id=proposed.version_id,
            document_sha256=proposed.document_sha256,
            signature=Signature(name=name, language="en"),
            now=now,
        )
