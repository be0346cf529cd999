"""A statement on paper: A4 pages with the table's heading on each, no navigation, and nothing cut off, in both languages."""

import base64
import io
import unicodedata
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override
from playwright.sync_api import Page
from pypdf import PdfReader

from alliance.demo.world import FITNESS
from alliance.kernel.tenancy import organization_scope
from alliance.portal.templatetags.money import display_money
from settlements.models import Statement

LOGIN = "fitness@demo.example"
A4 = (595, 842)  # points
PRINTABLE = 702  # pixels: 210 mm less twice 12 mm, at 96 for each inch
# Links of the navigation that the statement itself does not name.
ONLY_NAVIGATION = """() => [...document.querySelectorAll('aside a, nav:not(main nav) a')].map(link => link.innerText.trim())
  .filter(text => text && !document.querySelector('main').innerText.includes(text))"""
CUT_OFF = """width => [...document.querySelectorAll('main *')].filter(element => element.checkVisibility()
  && !element.closest('.visually-hidden') && element.getBoundingClientRect().right > width + 1).map(element => element.outerHTML)"""


def printed(page: Page) -> list[str]:
    """The text of each sheet that Chromium prints; the sheets are A4."""
    session = page.context.new_cdp_session(page)
    told = session.send("Page.printToPDF", {"preferCSSPageSize": True})
    sheets = PdfReader(io.BytesIO(base64.b64decode(told["data"]))).pages
    assert {(round(float(one.mediabox.width)), round(float(one.mediabox.height))) for one in sheets} == {A4}
    return [unicodedata.normalize("NFKC", one.extract_text()) for one in sheets]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_statement_prints_on_a4(site, open_context, language):
    with organization_scope(FITNESS.id):
        statement = Statement.objects.filter(organization_id=FITNESS.id, line_count__gt=50).latest("starts_on")
        lines = list(statement.lines.order_by("line_number").values_list("reference", "share_minor"))
    page = open_context(login=LOGIN, language=language).new_page()
    page.goto(f"{site}{reverse('portal:statement', args=[statement.id])}?per_page=1000")
    navigation = page.evaluate(ONLY_NAVIGATION)
    sheets = printed(page)
    with override(language):
        heading = [gettext(word).upper() for word in ("Time", "Base amount", "Estimated", "Actual")]
        closing = display_money(statement.closing_minor, statement.currency)
        shares = [display_money(share, statement.currency) for _, share in lines]
    assert (len(sheets) > 2, len(lines) > 50, len(navigation) > 3) == (True, True, True)
    bodies = [sheet for sheet in sheets if sum(reference in sheet for reference, _ in lines) > 1]
    assert [word for sheet in bodies for word in heading if word not in " ".join(sheet.upper().split())] == []
    whole = "\n".join(sheets)
    assert [text for text in navigation if text in whole] == []
    assert statement.number in sheets[0]
    assert closing in whole
    assert all(share in whole for share in shares)
    places = [whole.index(f" {reference}") for reference, _ in lines]
    assert all(before < after for before, after in pairwise(places))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PRINTABLE, "height": 1000})
    assert page.evaluate(CUT_OFF, PRINTABLE) == []
