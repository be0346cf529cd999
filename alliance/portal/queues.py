"""What waits for somebody: the host's queues on the home dashboard, and the next step where there is nothing yet."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.kernel.actor import Actor
from alliance.kernel.http.requests import OrganizationBrief
from alliance.kernel.permissions import Permission
from alliance.kernel.standing import OrganizationStatus
from campaigns.selectors import unfinished_imports
from partners.onboarding.selectors import waiting_applications
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


def queues_for(organization: OrganizationBrief, actor: Actor, figures: HomeFigures) -> list[Queue]:
    """What waits and this member may see; empty queues are left out. Sales and settlement wait for the host alone."""
    troubled = count_endpoints_in_trouble() if actor.can(Permission.WEBHOOK_MANAGE) else 0
    trouble = f"{reverse('portal:webhooks')}?show=trouble"
    own = [Queue(_("Webhook endpoints in trouble"), troubled, trouble, "bad")] if troubled else []
    return own + _of_host(actor, figures) if organization.is_host else own


def _of_host(actor: Actor, figures: HomeFigures) -> list[Queue]:
    read_orders, read_statements = Permission.ORDER_READ, Permission.STATEMENT_READ
    periods = f"{reverse('portal:periods')}?status=ready"
    waiting = [
        (
            Permission.APPLICATION_REVIEW,
            _("Applications waiting for review"),
            waiting_applications(),
            reverse("portal:applications"),
            "waiting",
        ),
        (read_orders, _("Order imports at work"), unfinished_imports(), reverse("portal:imports"), "busy"),
        (
            read_statements,
            _("Conversions waiting for an agreement"),
            figures.suspense_count,
            reverse("portal:suspense"),
            "waiting",
        ),
        (read_statements, _("Months ready to close"), figures.periods_ready_to_close, periods, "waiting"),
    ]
    return [
        Queue(label, count, href, tone)
        for permission, label, count, href, tone in waiting
        if count and actor.can(permission)
    ]


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
