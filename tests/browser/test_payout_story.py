"""From a closed period to a confirmed payout, by two people of finance, seen by the partner: in a real browser."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import Page, expect

from alliance.kernel.permissions import Role
from alliance.portal.templatetags.money import display_money
from tests.cast import signed_in
from tests.contract.settlements.market import FEBRUARY, JANUARY, Market
from tests.contract.settlements.payouts.test_preparing import SHARED
from tests.orders import OrderOf
from tests.payouts import Desk, bank_account_of


@pytest.fixture(params=["en", "zh-hans"])
def language(request) -> str:
    return request.param


@pytest.fixture
def market(world, committed):
    """North sold 100.00 in January, which is closed: 40.00 are available."""
    market = Market([SHARED])
    market.sell(OrderOf(10000, reference="O-1", occurred_at=JANUARY))
    market.close(JANUARY, now=FEBRUARY)
    bank_account_of(market.north, now=JANUARY)
    return market


@pytest.fixture
def page_of(open_context, site, language):
    def open_page(user, *, second_factor=True) -> Page:
        context = open_context(language=language)
        key = signed_in(user, second_factor=second_factor).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "domain": urlsplit(site).hostname, "path": "/"}
        context.add_cookies([cookie])
        return context.new_page()

    return open_page


def confirm(page: Page, dialog: str) -> None:
    page.locator(f"[data-opens-dialog={dialog}]").click()
    page.locator("dialog[open] button[type=submit]").click()


def test_two_people_pay_a_partner(market, page_of, language, watched):
    with override(language):
        amount = display_money(4000, "EUR")
    finance, owner = page_of(market.host.user(Role.FINANCE)), page_of(market.host.owner)
    watch = watched(finance)

    finance.goto(reverse("portal:payouts"))
    finance.locator(f'a[href="{reverse("portal:payout_batch_new")}"]').first.click()
    expect(finance.locator("#payable tfoot")).to_contain_text(amount)
    finance.locator("main form[method=post] button[type=submit]").click()
    expect(finance.locator("[data-opens-dialog=approve-batch]")).to_have_count(0)
    batch = urlsplit(finance.url).path

    owner.goto(batch)
    expect(owner.locator("#payments")).to_contain_text("DE•••• 3000")
    confirm(owner, "approve-batch")
    confirm(owner, "send-batch")
    expect(owner.locator("[data-opens-dialog=cancel-batch]")).to_have_count(0)
    Desk(market.host, market.alliance).carry_out()

    finance.goto(batch)
    finance.locator("#payments tbody a").first.click()
    payout = urlsplit(finance.url).path
    finance.locator(f'a[href="{payout}report/"]').click()
    finance.locator("[name=outcome][value=paid]").check()
    finance.locator("[name=bank_reference]").fill("ST-0001")
    finance.locator("main form[method=post] button[type=submit]").click()
    owner.goto(payout)
    owner.locator("[data-opens-dialog^=confirm-]").click()
    owner.locator("dialog[open] button[type=submit]").click()
    expect(owner.locator(".state-good").first).to_be_visible()
    assert market.balance("bank") == -4000
    assert market.owed() == 0

    north = page_of(market.north.owner)
    north.goto(reverse("portal:payouts"))
    expect(north.locator("main tbody tr")).to_contain_text(amount)
    north.locator("main tbody a").first.click()
    expect(north.locator("main")).to_contain_text("ST-0001")
    assert (watch.messages, watch.foreign) == ([], [])
