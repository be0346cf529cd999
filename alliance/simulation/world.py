"""One host with a partner or two, and an agreement on drawn terms, for each seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Final
from uuid import UUID

from alliance.kernel.actor import Actor, system_actor
from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import organization_scope
from alliance.simulation.lives import Life
from alliance.simulation.terms import DrawnTerms, draw_terms
from partners.domain.proposal import AgreementFrame, Proposal
from partners.models import OrganizationKind
from partners.onboarding.domain.bank_details import BankAccountKind, BankDetails
from partners.onboarding.services.change_bank_account import change_bank_account
from partners.services.accept_agreement import Signature, accept_agreement
from partners.services.add_partner import add_partner
from partners.services.create_organization import NewOrganization, create_organization
from partners.services.open_alliance import open_alliance
from partners.services.propose_agreement import propose_agreement

_IN_FORCE_FROM: Final = date(2020, 1, 1)
_ACCOUNT: Final = BankDetails(
    kind=BankAccountKind.IBAN, holder_name="Simulated", number="DE89370400440532013000", bic="DEUTDEFF"
)


@dataclass(frozen=True, slots=True)
class Member:
    """One seed's part of a world: its agreement, its parties in the order of rank (the host first), its terms, its life."""

    agreement_id: UUID
    parties: tuple[UUID, ...]
    terms: DrawnTerms
    life: Life


@dataclass(frozen=True, slots=True)
class World:
    """A host, its alliance, and what each seed brought."""

    host_id: UUID
    alliance_id: UUID
    members: tuple[Member, ...]

    @property
    def actor(self) -> Actor:
        """The system acting for the host."""
        return system_actor(self.host_id, label="simulation")


def found_world(seeds: Sequence[int], *, now: datetime) -> World:
    """Everything through the services that people use."""
    host_id = _organization("Host", OrganizationKind.HOST, now)
    with organization_scope(host_id):
        alliance_id = open_alliance(actor=system_actor(host_id), name="Simulation", now=now)
    return World(host_id, alliance_id, tuple(_member(host_id, alliance_id, seed, now) for seed in seeds))


def _organization(name: str, kind: OrganizationKind, now: datetime) -> UUID:
    organization_id = new_id()
    with organization_scope(organization_id):
        create_organization(
            actor=system_actor(organization_id), organization=NewOrganization(name, kind), owner_id=None, now=now
        )
    return organization_id


def _member(host_id: UUID, alliance_id: UUID, seed: int, now: datetime) -> Member:
    chance, life = Random(f"terms {seed}"), Life.of(seed)  # noqa: S311  no secret hangs on it
    codes = [life.code, f"{life.code}-second"][: chance.choice([1, 1, 2])]
    partners = [_organization(code, OrganizationKind.PARTNER, now) for code in codes]
    with organization_scope(host_id):
        for partner_id, code in zip(partners, codes, strict=True):
            add_partner(
                actor=system_actor(host_id),
                alliance_id=alliance_id,
                organization_id=partner_id,
                partner_code=code,
                now=now,
            )
    for partner_id in partners:
        with organization_scope(partner_id):
            change_bank_account(actor=system_actor(partner_id), details=_ACCOUNT, now=now)
    parties = (host_id, *partners)
    terms = draw_terms(chance, parties)
    return Member(_agreement(alliance_id, parties, terms, now), parties, terms, life)


def _agreement(alliance_id: UUID, parties: Sequence[UUID], terms: DrawnTerms, now: datetime) -> UUID:
    with organization_scope(parties[0]):
        proposed = propose_agreement(
            actor=system_actor(parties[0]),
            alliance_id=alliance_id,
            frame=AgreementFrame.of_terms("Simulated", terms.whole),
            proposal=Proposal.of_whole(terms.whole, _IN_FORCE_FROM),
            now=now,
        )
    for party in parties:
        with organization_scope(party):
            accept_agreement(
                actor=system_actor(party),
                version_id=proposed.version_id,
                document_sha256=proposed.document_sha256,
                signature=Signature(name="Simulation", language="en"),
                now=now,
            )
    return proposed.agreement_id
