"""What waits for somebody: the queues on the home dashboard, and the next step where there is nothing yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.kernel.actor import Actor
from alliance.kernel.http.requests import OrganizationBrief
from alliance.kernel.permissions import Permission
from alliance.kernel.standing import OrganizationStatus
from campaigns.selectors import unfinished_imports
from partners.onboarding.selectors import waiting_applications
from partners.selectors import agreements_asking
from partners.webhooks.selectors import count_endpoints_in_trouble
from settlements.selectors import HomeFigures


@dataclass(frozen=True, slots=True)
class Queue:
    """One kind of waiting work: how many, and the list that shows exactly these."""

    label: str
    count: int
    href: str
    tone: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do when there is nothing to show."""

    title: str
    text: str
    action: str
    href: str


Waiting = tuple[Permission, str, int, str, str]


def queues_for(organization: OrganizationBrief, actor: Actor, figures: HomeFigures, *, now: datetime) -> list[Queue]:
    """What waits and this member may see; empty queues are left out. Sales and settlement wait for the host alone."""
    waiting = [
        *_of_programs(actor),
        *_of_agreements(organization, now),
        *(_of_host(figures) if organization.is_host else ()),
    ]
    return [
        Queue(label, count, href, tone)
        for permission, label, count, href, tone in waiting
        if count and actor.can(permission)
    ]


def _of_programs(actor: Actor) -> Iterator[Waiting]:
    manage = Permission.WEBHOOK_MANAGE
    if actor.can(manage):
        trouble = f"{reverse('portal:webhooks')}?show=trouble"
        yield manage, _("Webhook endpoints in trouble"), count_endpoints_in_trouble(), trouble, "bad"


def _of_agreements(organization: OrganizationBrief, now: datetime) -> Iterator[Waiting]:
    read, agreements = Permission.AGREEMENT_READ, reverse("portal:agreements")
    asking = agreements_asking(organization_id=organization.id, now=now)
    yield read, _("Agreements waiting for our signature"), asking.waiting, f"{agreements}?asks=waiting", "waiting"
    yield read, _("Agreements that end within 30 days"), asking.ending, f"{agreements}?asks=ending", "waiting"


def _of_host(figures: HomeFigures) -> Iterator[Waiting]:
    orders, statements = Permission.ORDER_READ, Permission.STATEMENT_READ
    periods = f"{reverse('portal:periods')}?status=ready"
    applications = reverse("portal:applications")
    review = Permission.APPLICATION_REVIEW
    yield review, _("Applications waiting for review"), waiting_applications(), applications, "waiting"
    yield orders, _("Order imports at work"), unfinished_imports(), reverse("portal:imports"), "busy"
    suspense = reverse("portal:suspense")
    yield statements, _("Conversions waiting for an agreement"), figures.suspense_count, suspense, "waiting"
    yield statements, _("Months ready to close"), figures.periods_ready_to_close, periods, "waiting"


def next_step_for(organization: OrganizationBrief, actor: Actor) -> NextStep:
    """The step that leads to the first figures: for the host an agreement, then orders; for a partner its acceptance."""
    if organization.status is OrganizationStatus.APPLYING:
        return NextStep(
            _("Your application"),
            _("Fill in the steps and submit. As soon as the host has approved it, you work here like every partner."),
            _("Go on with the application"),
            reverse("portal:own_applications"),
        )
    if organization.is_host and actor.can(Permission.ORDER_IMPORT):
        return NextStep(
            _("No sales yet"),
            _("Import a file of orders. Every order that an agreement covers is split among its parties at once."),
            _("Import orders"),
            reverse("portal:import_new"),
        )
    return NextStep(
        _("Nothing earned yet"),
        _("As soon as every party has accepted an agreement and sales arrive, your share appears here."),
        _("See your agreements"),
        reverse("portal:agreements"),
    )
