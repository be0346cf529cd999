"""Whoever joins while an item is being shown for the first time sees it, whichever commits first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connections

from alliance.kernel.tenancy import organization_scope
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.models import Item
from partners.catalogue.services.create_item import create_item
from partners.services.add_partner import add_partner
from tests.cast import NOW, alliance_of, host_organization, join, partner_organization
from tests.items import ALLIANCES, draft


def crossed(*, first: str) -> bool:
    """An owner shows its first item while another joins; whether the other sees it in the end."""
    host, party, newcomer = host_organization(), partner_organization(), partner_organization()
    alliance = alliance_of(host)
    join(alliance, party)
    written, go_on = Event(), Event()

    def show():
        create_item(actor=party.system, draft=draft(), visibility=ALLIANCES, status=ItemStatus.PUBLISHED, now=NOW)

    def take_in():
        add_partner(actor=host.system, alliance_id=alliance.id, organization_id=newcomer.id, partner_code="", now=NOW)

    def run(scope, act, *, waits):
        try:
            with organization_scope(scope.id):
                act()
                if waits:
                    written.set()
                    go_on.wait(10)
        finally:
            connections.close_all()

    earlier, later = ((party, show), (host, take_in)) if first == "show" else ((host, take_in), (party, show))
    with ThreadPoolExecutor(2) as workers:
        one = workers.submit(run, *earlier, waits=True)
        assert written.wait(10)
        other = workers.submit(run, *later, waits=False)
        connections.close_all()
        go_on_soon(go_on)
        one.result(10)
        other.result(10)
    with organization_scope(newcomer.id):
        return Item.objects.filter(organization_id=party.id).exists()


def go_on_soon(event: Event) -> None:
    """Let the first commit once the second has had the time to run into its lock."""
    event.wait(0.4)
    event.set()


@pytest.mark.parametrize("first", ["show", "join"])
def test_the_newcomer_sees_the_item(committed, first):
    assert crossed(first=first)


@pytest.fixture
def without_the_lock(committed):
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE partners_itemvisibility DISABLE TRIGGER a_waits")
    yield
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE partners_itemvisibility ENABLE TRIGGER a_waits")


def test_the_control_without_the_lock_leaves_the_newcomer_blind(without_the_lock):
    assert not crossed(first="join")
