"""A partner puts its evidence on the page: same, or the first difference by name; nothing leaves the browser."""

import json
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from alliance.kernel.permissions import Role
from tests.cast import member_of, signed_in
from tests.contract.settlements.proof.evidence import evidence_of
from tests.contract.settlements.proof.worlds import WORLDS, closed

WORDS = {
    "en": ("Same: every line", "Different.", "expected", "This file is no evidence"),
    "zh-hans": ("一致：", "不一致。", "应为", "这个文件不是"),
}


def give(page: Page, text: str) -> None:
    file = {"name": "evidence.json", "mimeType": "application/json", "buffer": text.encode()}
    page.locator("#evidence-file").set_input_files(file)


@pytest.mark.parametrize("language", WORDS)
def test_evidence_is_checked_where_it_is(world, site, open_context, committed, language):
    same, different, expected, unreadable = WORDS[language]
    market = closed(WORLDS["a cap"])
    evidence = evidence_of(market.statement(1))
    context = open_context(language=language)
    key = signed_in(member_of(market.north, Role.VIEWER)).cookies[settings.SESSION_COOKIE_NAME].value
    name, host = settings.SESSION_COOKIE_NAME, urlsplit(site).hostname
    context.add_cookies([{"name": name, "value": key, "domain": host, "path": "/"}])
    page = context.new_page()
    page.goto(reverse("portal:verify_statement"))
    result = page.locator("[data-verify-result]")
    sent: list[str] = []
    page.wait_for_load_state("networkidle")
    page.on("request", lambda request: sent.append(request.url))
    give(page, json.dumps(evidence))
    expect(result).to_contain_text(same)
    expect(result).to_contain_text(evidence["chain"]["head"])
    evidence["lines"][2]["share_minor"] += 1
    give(page, json.dumps(evidence))
    expect(result).to_contain_text(different)
    expect(result).to_contain_text("line 3")
    expect(result).to_contain_text(expected)
    give(page, "[]")
    expect(result).to_contain_text(unreadable)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [address for address in sent if "/static/" not in address] == []
