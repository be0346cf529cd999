"""The demo's organizations, alliance and agreements, built through the services that people use."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid5

from alliance.demo.orders import CURRENCY, TIME_ZONE
from alliance.demo.people import LOGINS, ensure_member, ensure_person
from alliance.demo.terms import CAR_FINANCE, FITNESS_COURSES, HOME_COURSES, proposal_of
from alliance.kernel.actor import Actor, system_actor
from alliance.kernel.clock import local_date
from alliance.kernel.tenancy import organization_scope
from partners.agreements.notice import notice_outlook
from partners.agreements.services.give_notice import give_notice
from partners.domain.end_rule import EndRule
from partners.domain.local_days import add_months
from partners.domain.proposal import AgreementFrame
from partners.domain.supplement import Paper
from partners.models import Agreement, AgreementStatus, Ending, Organization, TermsVersion
from partners.models.organizations import OrganizationKind
from partners.selectors import agreements_of, hosted_alliances
from partners.services.accept_agreement import Signature, accept_agreement
from partners.services.add_partner import add_partner
from partners.services.create_organization import NewOrganization, create_organization
from partners.services.open_alliance import open_alliance
from partners.services.propose_agreement import ProposedAgreement, propose_agreement
from partners.services.propose_version import propose_version

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

TEXTS: Final = {
    "en": "# Scope\n\nThe parties sell courses under a common brand. Each keeps its own customers and data.\n\n"
    "# Conduct\n\n1. No party speaks for another.\n2. Prices are those of the host's shop.\n",
    "zh-hans": "# 范围\n\n各方以共同品牌销售课程，各自保有自己的客户与数据。\n\n"
    "# 行为准则\n\n1. 任何一方不得代表另一方。\n2. 价格以平台方商店为准。\n",
}
PAPER: Final = Paper(EndRule(notice_days=30), TEXTS)

# Who shares what; what else they say is in `alliance/demo/terms.py`.
SIGNED: Final = (
    (FITNESS_COURSES, ((HOST, "60"), (FITNESS, "40"))),
    (CAR_FINANCE, ((HOST, "62.5"), (AUTO, "37.5"))),
    (HOME_COURSES, ((HOST, "1/3"), (HOME, "1/3"), (PROPERTY, "1/3"))),
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
    _ensure_lives(now)
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


def _ensure_lives(now: datetime) -> None:
    """Other terms scheduled for one agreement, and a notice given under another."""
    with organization_scope(HOST.id):
        ids = {a.name: a.id for a in agreements_of() if a.status == AgreementStatus.SIGNED}
    (fitness, shares), (cars, _), *_rest = SIGNED
    _ensure_amendment(ids[fitness], shares, now)
    _ensure_notice(ids[cars], now)


def _ensure_amendment(agreement_id: UUID, shares: Shares, now: datetime) -> None:
    begin = add_months(local_date(now, TIME_ZONE).replace(day=1), 2)
    (host, _), (partner, _) = shares
    with organization_scope(host.id):
        if TermsVersion.objects.filter(agreement_id=agreement_id).count() > 1:
            return
        proposed = propose_version(
            actor=actor_of(host),
            agreement_id=agreement_id,
            proposal=proposal_of(FITNESS_COURSES, [(host.id, "55"), (partner.id, "45")], begin),
            paper=PAPER,
            signature=_signature_of(host),
            now=now,
        )
    _accept(proposed, partner, now)


def _ensure_notice(agreement_id: UUID, now: datetime) -> None:
    with organization_scope(AUTO.id):
        if Ending.objects.filter(agreement_id=agreement_id).exists():
            return
        ends_at = notice_outlook(Agreement.objects.get(pk=agreement_id), now=now).ends_at
        give_notice(
            actor=actor_of(AUTO),
            agreement_id=agreement_id,
            ends_at=ends_at,
            signature=_signature_of(AUTO),
            reason="We sell car finance through another channel from then on. 此后我们改由其他渠道销售车贷。",
            now=now,
        )


def _signature_of(organization: DemoOrganization) -> Signature:
    return Signature(name=f"Demo {organization.key} owner", language="zh-hans", title="Director 总监")


def _propose(alliance_id: UUID, name: str, shares: Shares, first_day: date, now: datetime) -> ProposedAgreement:
    """Propose and sign as the host."""
    with organization_scope(HOST.id):
        return propose_agreement(
            actor=actor_of(HOST),
            alliance_id=alliance_id,
            frame=AgreementFrame(name=name, currency=CURRENCY, time_zone=TIME_ZONE),
            proposal=proposal_of(name, [(o.id, share) for o, share in shares], first_day),
            paper=PAPER,
            signature=_signature_of(HOST),
            now=now,
        )


def _sign(alliance_id: UUID, name: str, shares: Shares, first_day: date, now: datetime) -> None:
    """Propose as the host, then accept as each of the others."""
    proposed = _propose(alliance_id, name, shares, first_day, now)
    for organization, _share in shares[1:]:
        _accept(proposed, organization, now)


def _accept(proposed: ProposedAgreement, organization: DemoOrganization, now: datetime) -> None:
    with organization_scope(organization.id):
        accept_agreement(
            actor=actor_of(organization),
            version_id=proposed.version_id,
            document_sha256=proposed.document_sha256,
            signature=_signature_of(organization),
            now=now,
        )
