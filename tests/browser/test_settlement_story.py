"""The product's main job in a real browser: a file of orders becomes statements, files, and money that has arrived.

Finance imports, looks at what waits before the close, closes, prepares the payout and reports what the bank did; the
owner approves, sends and confirms; the partner sees its own statement and its payout.
"""

import hashlib
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import Page, expect

from alliance.kernel.tenancy import organization_scope
from alliance.portal.templatetags.money import display_money
from settlements.models import Entry, Statement
from tests.cast import NOW, Cast, full_cast, signed_agreement, signed_in
from tests.jobs import run_all_jobs
from tests.outbox import deliver_all
from tests.payouts import Desk, bank_account_of

HEADER = "Order id,Order date,SKU,Description,Quantity,Unit price,Customer,Partner"
ROWS = (
    "1001,2026-01-05 10:00:00,COURSE-7,Strength training,1,299.00,C-17,north",
    "1001,2026-01-05 10:00:00,KIT-3,Resistance bands,2,49.90,C-17,north",
    "C1001,2026-01-31 23:59:59,KIT-3,Resistance bands,-1,49.90,C-17,north",
    "1002,2026-01-09 08:30:00,COURSE-9,Engine care,1,10.01,C-18,south",
    "1003,2026-01-10 08:30:00,COURSE-9,Engine care,3,7.77,C-19,nobody",
)
NORTH_NET, NORTH_SHARE = 34890, 13956  # 299.00 + 2 × 49.90 − 49.90, and 40 % of it
SOUTH_SHARE = 500  # half of 10.01; the odd cent goes to the earlier party


@dataclass
class Story:
    """The people of the story, each with a page of their own, in one language."""

    cast: Cast
    language: str
    finance: Page
    owner: Page
    north: Page

    def work_off(self) -> None:
        """What worker and relay would do now."""
        run_all_jobs(self.cast.host.id)
        deliver_all(self.cast.host.id)
        run_all_jobs(self.cast.host.id)


@pytest.fixture(params=["en", "zh-hans"])
def story(request, world, site, open_context, committed, chromium):
    cast = full_cast()
    halves = [(cast.host, Fraction(1, 2)), (cast.south, Fraction(1, 2))]
    signed_agreement(cast.alliance, halves, name="Engine courses")
    bank_account_of(cast.north, now=NOW)

    def page_of(user, *, second_factor=False) -> Page:
        context = open_context(language=request.param)
        key = signed_in(user, second_factor=second_factor).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "domain": urlsplit(site).hostname, "path": "/"}
        context.add_cookies([cookie])
        return context.new_page()

    finance, owner = (page_of(user, second_factor=True) for user in (cast.host.finance, cast.host.owner))
    return Story(cast, request.param, finance, owner, page_of(cast.north.viewer))


def money(story: Story, amount_minor: int) -> str:
    with override(story.language):
        return display_money(amount_minor, "EUR")


def import_file(story: Story, file: Path) -> None:
    """Upload, look, confirm; the mapping is guessed from the header."""
    page = story.finance
    page.goto(reverse("portal:imports"))
    page.locator(f'main a[href="{reverse("portal:import_new")}"]').first.click()
    page.locator("main input[type=file]").set_input_files(file)
    page.locator("main form[enctype] button[type=submit]").click()
    page.locator("[name=currency]").select_option("EUR")
    page.locator("main form[method=post] button[type=submit]").last.click()
    expect(page).to_have_url(re.compile("/imports/previews/"))
    run_all_jobs(story.cast.host.id)
    confirm = page.locator('form[action$="/confirm/"] button[type=submit]')
    expect(confirm).to_contain_text(money(story, NORTH_NET + 1001 + 2331))  # the page found out by itself
    confirm.click()
    story.work_off()
    link = page.locator(f'main a[href^="{reverse("portal:conversions")}?imported="]')
    expect(link).to_be_visible()
    link.click()
    expect(page.locator("main tbody tr")).to_have_count(4)


def look_at_accruals(story: Story) -> None:
    """The list, the refund's receipt, and the order that nobody's agreement explains."""
    page = story.finance
    page.goto(reverse("portal:accruals"))
    expect(page.locator(".stats")).to_contain_text(money(story, NORTH_NET + 1001))
    page.get_by_role("link", name="C1001", exact=True).click()
    expect(page.locator("main table")).to_contain_text("40%")
    expect(page.locator("main table")).to_contain_text(money(story, -1996))
    page.goto(reverse("portal:suspense"))
    expect(page.locator("main tbody")).to_contain_text("nobody")
    expect(page.locator(".stats")).to_contain_text(money(story, 2331))


def close_january(story: Story) -> None:
    """Both agreements' January, each by its button and its dialog, under what waits before; the page loads itself anew when it is done."""
    page = story.finance
    for waiting in (2, 1):
        page.goto(f"{reverse('portal:periods')}?status=ready")
        rows = page.locator("main tbody tr")
        expect(rows).to_have_count(waiting)
        rows.first.locator("a").first.click()
        expect(page.locator(f'main .list-group a[href^="{reverse("portal:suspense")}"]')).to_be_visible()
        page.locator("[data-opens-dialog=close-period]").click()
        page.locator("dialog[open] button[type=submit]").click()
        expect(page.locator("main progress")).to_be_visible()
        story.work_off()
        expect(page.locator("main table tbody tr")).to_have_count(2)


def open_statement_of_north(story: Story) -> None:
    """From the list of statements to the one of the partner north."""
    page = story.finance
    page.goto(f"{reverse('portal:statements')}?party={story.cast.north.id}")
    page.locator("main tbody tr a").first.click()
    expect(page.locator(".stats")).to_contain_text(money(story, NORTH_SHARE))
    page.locator('a[href="?show=refunds#lines"]').click()
    expect(page.locator("#lines tbody tr")).to_have_count(1)
    expect(page.locator("#lines .filters")).to_contain_text(money(story, -1996))


def take_the_file(story: Story) -> None:
    """Ask for the CSV, wait for it, download it: its bytes have the hash that the page shows."""
    page = story.finance
    page.locator('form[action$="/export/"]:has([value=csv]) button').click()
    expect(page.locator("main progress")).to_be_visible()
    run_all_jobs(story.cast.host.id)
    link = page.locator('main a[href$="/file/"]')
    expect(page.locator("main dd code")).to_be_visible()
    with page.expect_download() as download:
        link.click()
    content = Path(download.value.path()).read_bytes()
    assert page.locator("main dd code").inner_text() == hashlib.sha256(content).hexdigest()
    assert b"139.56" in content


def confirm(page: Page, dialog: str) -> None:
    """Press the button and say yes in its dialog."""
    page.locator(f"[data-opens-dialog^={dialog}]").click()
    page.locator("dialog[open] button[type=submit]").click()


def pay_north(story: Story) -> str:
    """One prepares, who can't approve; another approves and sends. One reports what the bank did, another confirms it."""
    finance, owner, amount = story.finance, story.owner, money(story, NORTH_SHARE)
    finance.goto(reverse("portal:payouts"))
    finance.locator(f'a[href="{reverse("portal:payout_batch_new")}"]').first.click()
    expect(finance.locator("#payable tfoot")).to_contain_text(amount)  # nothing for south: it has no account yet
    finance.locator("main form[method=post] button[type=submit]").click()
    expect(finance.locator("[data-opens-dialog=approve-batch]")).to_have_count(0)
    batch = urlsplit(finance.url).path
    owner.goto(batch)
    expect(owner.locator("#payments")).to_contain_text("3000")
    confirm(owner, "approve-batch")
    confirm(owner, "send-batch")
    expect(owner.locator("[data-opens-dialog=cancel-batch]")).to_have_count(0)
    Desk(story.cast.host, story.cast.alliance).carry_out()
    finance.goto(batch)
    finance.locator("#payments tbody a").first.click()
    payout = urlsplit(finance.url).path
    finance.locator(f'a[href="{payout}report/"]').click()
    finance.locator("[name=outcome][value=paid]").check()
    finance.locator("[name=bank_reference]").fill("ST-0001")
    finance.locator("main form[method=post] button[type=submit]").click()
    owner.goto(payout)
    confirm(owner, "confirm-")
    expect(owner.locator(".state-good").first).to_be_visible()
    return payout


def in_the_books(story: Story) -> dict[str, int]:
    """What has left the host's bank, and what north is still owed."""
    with organization_scope(story.cast.host.id):
        rows = Entry.objects.filter(account__agreement_id=story.cast.agreement.id).values("account__kind")
        sums = dict(rows.order_by().annotate(sum=Sum("amount_minor")).values_list("account__kind", "sum"))
    return {kind: sums.get(kind, 0) for kind in ("bank", "available", "in_transit")}


def look_as_north(story: Story) -> None:
    """The partner's own statement and nobody else's; the whole list is its own."""
    page = story.north
    page.goto(reverse("portal:statements"))
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("North Fitness")
    expect(page.locator("main")).not_to_contain_text("South Motors")
    rows.locator("a").first.click()
    expect(page.locator(".stats")).to_contain_text(money(story, NORTH_SHARE))
    page.goto(reverse("portal:home"))
    expect(page.locator(".stats")).to_contain_text(money(story, NORTH_SHARE))


def look_at_what_arrived(story: Story, payout: str) -> None:
    """The partner's payout, with the reference at the bank."""
    page = story.north
    page.goto(reverse("portal:payouts"))
    expect(page.locator("main tbody tr")).to_contain_text(money(story, NORTH_SHARE))
    page.locator("main tbody a").first.click()
    expect(page).to_have_url(re.compile(f"{payout}$"))
    expect(page.locator("main")).to_contain_text("ST-0001")


def foreign_statement(story: Story) -> str:
    with organization_scope(story.cast.south.id):
        found = Statement.objects.get()
        assert found.closing_minor == SOUTH_SHARE
        return reverse("portal:statement", args=[found.id])


def test_a_file_of_orders_becomes_statements_and_a_confirmed_payout(story, watched, tmp_path):
    watch = watched(story.finance)
    file = tmp_path / "orders.csv"
    file.write_text("\n".join([HEADER, *ROWS]) + "\n", encoding="utf-8")
    import_file(story, file)
    look_at_accruals(story)
    close_january(story)
    open_statement_of_north(story)
    take_the_file(story)
    look_as_north(story)
    payout = pay_north(story)
    assert in_the_books(story) == {"bank": -NORTH_SHARE, "available": 0, "in_transit": 0}
    assert (watch.messages, watch.foreign) == ([], [])
    look_at_what_arrived(story, payout)
    assert story.north.goto(foreign_statement(story)).status == 404
