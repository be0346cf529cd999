"""The catalogue in a real browser: a file becomes items, a picture and a rule are put on one, and a partner sees what it may show."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.cast import Cast, full_cast, signed_in
from tests.documents import jpeg_bytes
from tests.jobs import run_all_jobs

LINES = (
    "code,kind,title_zh,title_en,category,price,currency,stock",
    "KIT-1,physical_good,弹力带,Resistance bands,fitness.equipment,35.60,CNY,12",
    "COURSE-1,course,力量训练,Strength training,fitness.strength,199.00,CNY,",
    "BOAT-1,boat,船,A boat,,1.00,CNY,",
)


@dataclass
class Story:
    """The owner and a fellow member of its alliance, each with a page of their own, in one language."""

    cast: Cast
    owner: Page
    partner: Page


@pytest.fixture(params=["en", "zh-hans"])
def story(request, world, site, open_context, committed, chromium):
    cast = full_cast()

    def page_of(user) -> Page:
        context = open_context(language=request.param)
        key = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "domain": urlsplit(site).hostname, "path": "/"}
        context.add_cookies([cookie])
        return context.new_page()

    return Story(cast, page_of(cast.north.owner), page_of(cast.south.owner))


def import_file(story: Story, tmp_path) -> None:
    """Upload, look, confirm, watch; the mapping is guessed from the header."""
    file = tmp_path / "items.csv"
    file.write_text("\n".join(LINES), encoding="utf-8")
    page = story.owner
    page.goto(reverse("portal:item_imports"))
    page.locator(f'main a[href="{reverse("portal:item_import_new")}"]').first.click()
    page.locator("main input[type=file]").set_input_files(file)
    page.locator("main form[enctype] button[type=submit]").click()
    page.locator("main form[method=post] button[type=submit]").last.click()
    expect(page).to_have_url(re.compile("/items/imports/previews/"))
    expect(page.locator(".stats")).to_contain_text("3")
    page.locator('form[action$="/confirm/"] button[type=submit]').click()
    expect(page.locator("main progress")).to_be_visible()
    run_all_jobs(story.cast.north.id)
    expect(page.locator('main a[href$="/errors.csv"]')).to_be_visible()  # the page found out by itself
    expect(page.locator("main .table-scroll, main table").last).to_contain_text("BOAT-1")
    page.locator(f'main a[href^="{reverse("portal:items")}?imported="]').click()
    expect(page.locator("main tbody tr")).to_have_count(2)


def dress(story: Story, tmp_path) -> None:
    """A picture, and a rule that gives the item to nobody."""
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(jpeg_bytes((640, 480)))
    page = story.owner
    page.locator("main tbody a").filter(has_text=re.compile("Resistance|弹力带")).click()
    page.locator('form[action$="/pictures/"] input[type=file]').set_input_files(photo)
    page.locator('form[action$="/pictures/"] button[type=submit]').click()
    shown = page.locator(".offer-pictures img").first
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("complete", value=True)
    expect(shown).to_have_js_property("naturalWidth", 480)
    page.locator(f'main a[href^="{reverse("portal:display_rule_new")}?item="]').click()
    expect(page.locator("[name=item_id]")).to_have_value("KIT-1")
    page.locator("[name=effect][value=deny]").check()
    page.locator("main form[method=post] button[type=submit]").last.click()
    expect(page.locator("main tbody tr")).to_have_count(1)


def look_as_partner(story: Story) -> None:
    """The gallery with the picture; one item may be shown, the other not."""
    page = story.partner
    page.goto(reverse("portal:items_offered"))
    expect(page.locator(".offer")).to_have_count(2)
    expect(page.locator("img.offer-picture")).to_have_count(1)
    for title, tone in (("Resistance|弹力带", "bad"), ("Strength|力量训练", "good")):
        page.goto(reverse("portal:items_offered"))
        page.locator(".offer-title a").filter(has_text=re.compile(title)).click()
        expect(page.locator(f"main table .state-{tone}").first).to_be_visible()
        expect(page.locator('main a[href*="/rules/"]')).to_have_count(0)


def test_from_a_file_to_a_partners_gallery(story, tmp_path):
    import_file(story, tmp_path)
    dress(story, tmp_path)
    look_as_partner(story)
