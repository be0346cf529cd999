"""The demo's organizations, alliance and agreements, built through the services that people use."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid5

from alliance.demo.orders import CURRENCY, TIME_ZONE
from alliance.demo.people import LOGINS, ensure_member, ensure_person
from alliance.kernel.actor import Actor, system_actor
from alliance.kernel.tenancy import organization_scope
from partners.domain.proposal import AgreementFrame, Proposal
from partners.models import AgreementStatus, Organization
from partners.models.organizations import OrganizationKind
from partners.selectors import agreements_of, hosted_alliances
from partners.services.accept_agreement import Signature, accept_agreement
from partners.services.add_partner import add_partner
from partners.services.create_organization import NewOrganization, create_organization
from partners.services.open_alliance import open_alliance
from partners.services.propose_agreement import ProposedAgreement, propose_agreement

_NAMESPACE: Final = UUID("6f0b8d6e-3a5c-7c55-9d3f-5a1de2b6c001")
ALLIANCE_NAME: Final = "Learning Alliance 学习联盟"


@dataclass(frozen=True, slots=True)
class DemoOrganization:
    """One company of the demo. `code` is how the host's order files name it."""

    key: str
    name: str
    kind: OrganizationKind
    country: str
    code: str = ""

    @property
    def id(self) -> UUID:
        """The same id on every installation, so that seeding again finds it."""
        return uuid5(_NAMESPACE, self.key)


HOST: Final = DemoOrganization("host", "Demo Academy 示范学堂", OrganizationKind.HOST, "CN")
FITNESS: Final = DemoOrganization("fitness", "Demo Fitness 示范健身", OrganizationKind.PARTNER, "CN", "FIT")
AUTO: Final = DemoOrganization("auto", "Demo Auto Finance 示范汽车金融", OrganizationKind.PARTNER, "CN", "AUTO")
HOME: Final = DemoOrganization("home", "Demo Home 示范家居", OrganizationKind.PARTNER, "CN", "HOME")
PROPERTY: Final = DemoOrganization("property", "Demo Property 示范物业", OrganizationKind.PARTNER, "CN")
ORGANIZATIONS: Final = (HOST, FITNESS, AUTO, HOME, PROPERTY)
# Not in the alliance: they apply to it (`alliance/demo/applicants.py`).
BOOKS: Final = DemoOrganization("books", "Demo Books 示范图书", OrganizationKind.PARTNER, "CN")
PETS: Final = DemoOrganization("pets", "Demo Pets 示范宠物", OrganizationKind.PARTNER, "CN")
APPLICANTS: Final = (BOOKS, PETS)

Shares = tuple[tuple[DemoOrganization, str], ...]

CAR_FINANCE: Final = "Car finance courses 车贷课程"
# Who shares what: two plain splits, and thirds between three parties.
SIGNED: Final = (
    ("Fitness courses 健身课程", ((HOST, "60"), (FITNESS, "40"))),
    (CAR_FINANCE, ((HOST, "62.5"), (AUTO, "37.5"))),
    ("Home courses with property 家居与物业课程", ((HOST, "1/3"), (HOME, "1/3"), (PROPERTY, "1/3"))),
)
# Waits for the partner's signature, so that there is something to sign.
PROPOSED: Final = ("Welcome courses for residents 新住户课程", ((HOST, "70"), (PROPERTY, "30")))


def ensure_world(*, first_day: date, now: datetime) -> UUID:
    """Every organization, login, the alliance and its agreements; returns the alliance's id. Repeating it adds nothing."""
    for organization in ORGANIZATIONS:
        _ensure_organization(organization, now)
    for login in LOGINS:
        user_id = ensure_person(login)
        owner = next((o for o in ORGANIZATIONS if o.key == login.organization), None)
        if owner is not None and login.role is not None:
            with organization_scope(owner.id):
                ensure_member(owner.id, user_id, login.role)
    alliance_id = _ensure_alliance(now)
    _ensure_agreements(alliance_id, first_day, now)
    return alliance_id


def actor_of(organization: DemoOrganization) -> Actor:
    """The system acting for one of the demo's organizations."""
    return system_actor(organization.id, label="demo")


def _ensure_organization(organization: DemoOrganization, now: datetime) -> None:
    with organization_scope(organization.id):
        if Organization.objects.filter(pk=organization.id).exists():
            return
        create_organization(
            actor=actor_of(organization),
            organization=NewOrganization(
                name=organization.name, kind=organization.kind, time_zone=TIME_ZONE, country=organization.country
            ),
            owner_id=None,
            now=now,
        )


def _ensure_alliance(now: datetime) -> UUID:
    with organization_scope(HOST.id):
        hosted = hosted_alliances()
        alliance_id = hosted[0].id if hosted else open_alliance(actor=actor_of(HOST), name=ALLIANCE_NAME, now=now)
        for partner in ORGANIZATIONS[1:]:
            add_partner(
                actor=actor_of(HOST),
                alliance_id=alliance_id,
                organization_id=partner.id,
                partner_code=partner.code,
                now=now,
            )
    return alliance_id


def _ensure_agreements(alliance_id: UUID, first_day: date, now: datetime) -> None:
    with organization_scope(HOST.id):
        present = {a.name for a in agreements_of() if a.status == AgreementStatus.SIGNED}
        waiting = {a.name for a in agreements_of()}
    for name, shares in SIGNED:
        if name not in present:
            _sign(alliance_id, name, shares, first_day, now)
    name, shares = PROPOSED
    if name not in waiting:
        _propose(alliance_id, name, shares, first_day, now)


def _proposal(name: str, shares: Shares, first_day: date) -> Proposal:
    """A plain split; for car finance also a fixed amount each month, a guaranteed minimum and a reserve."""
    if name != CAR_FINANCE:
        return Proposal(shares=tuple((o.id, share) for o, share in shares), effective_on=first_day)
    split = [{"party": str(o.id), "share": f"{share}%"} for o, share in shares]
    rent = {"kind": "flat", "party": str(AUTO.id), "payer": str(HOST.id), "amount": "300.00", "per": "period"}
    whole = {
        "schema": 2,
        "currency": CURRENCY,
        "time_zone": TIME_ZONE,
        "parties": [str(o.id) for o, _ in shares],
        "clauses": [
            {"id": "sales", "pays": {"kind": "split", "shares": split}},
            {"id": "showroom", "name": "Showroom 展厅", "earns_on": "flat_fee", "pays": rent},
        ],
        "guarantees": [{"party": str(AUTO.id), "amount": "2500.00", "borne_by": str(HOST.id)}],
        "reserve": {"share": "5%", "days": 45},
    }
    return Proposal.of_whole(whole, first_day)


def _propose(alliance_id: UUID, name: str, shares: Shares, first_day: date, now: datetime) -> ProposedAgreement:
    """Propose and sign as the host."""
    with organization_scope(HOST.id):
        return propose_agreement(
            actor=actor_of(HOST),
            alliance_id=alliance_id,
            frame=AgreementFrame(name=name, currency=CURRENCY, time_zone=TIME_ZONE),
            proposal=_proposal(name, shares, first_day),
            signature=Signature(name="Demo host owner", language="en"),
            now=now,
        )


def _sign(alliance_id: UUID, name: str, shares: Shares, first_day: date, now: datetime) -> None:
    """Propose as the host, then accept as each of the others."""
    proposed = _propose(alliance_id, name, shares, first_day, now)
    for organization, _ in shares[1:]:
        with organization_scope(organization.id):
            accept_agreement(
                actor=actor_of(organization),
                version_id=proposed.version_id,
                document_sha256=proposed.document_sha256,
                signature=Signature(name=f"Demo {organization.key} owner", language="zh-hans"),
                now=now,
            )
