"""The inspection finds every kind of damage: a page of the portal is served with some planted in it."""

import re

import pytest

from tests.browser.inspection import inspect

PATH = "/accounts/login/"
ROWS = [f'<li class="row-{number % 2}">Row {number}</li>' for number in range(40)]
GREY_ON_WHITE = "color: light-dark(#9a9a9a, #fff)"
GREY_ON_BLACK = "color: light-dark(#000, #444)"


@pytest.fixture
def found(visitors):
    """What the inspection finds with `html` at the end of the page, under the headers of the real answer."""

    def found_in(html: str, *, policy: str | None = None) -> list[str]:
        def answer(route) -> None:
            real = route.fetch()
            headers = real.headers if policy is None else {**real.headers, "content-security-policy": policy}
            route.fulfill(response=real, body=real.text().replace("</main>", f"{html}</main>"), headers=headers)

        with visitors.tab("", "en") as (page, watch):
            page.route(re.compile(PATH), answer)
            findings = inspect(page, watch, PATH)
            page.unroute(re.compile(PATH))
        return findings

    return found_in


def matching(findings: list[str], *words: str) -> list[str]:
    return [finding for finding in findings if all(word in finding for word in words)]


def test_a_sound_page_has_nothing_to_be_found(found):
    assert found(f"<p>One more sentence</p><ul>{''.join(ROWS)}</ul>") == []


def test_colours_are_looked_at_in_both_themes_and_in_every_row_of_another_look(found):
    odd_one = f'<li id="odd" style="{GREY_ON_WHITE}">Row</li>'
    findings = found(
        f'<p id="light" style="{GREY_ON_WHITE}">Grey on white</p><p id="dark" style="{GREY_ON_BLACK}">Grey on black</p>'
        f"<ul>{''.join([*ROWS[:30], odd_one, *ROWS[30:]])}</ul>"
        "<ol>" + '<li data-many style="color: #9a9a9a">Row</li>' * 40 + "</ol>"
    )

    assert {finding.split(":")[1].strip() for finding in findings} == {"color-contrast"}
    assert len(matching(findings, "light theme", 'id="light"')) == 1
    assert len(matching(findings, "dark theme", 'id="dark"')) == 1
    assert len(matching(findings, "light theme", 'id="odd"')) == 1
    assert 0 < len(matching(findings, "light theme", "data-many")) < 10
    assert len(findings) == 3 + len(matching(findings, "data-many"))


def test_the_same_text_is_looked_at_on_every_ground(found):
    """Also where the ground is no ancestor of the text."""
    colour = "color: light-dark(#666, #fff); position: relative"
    ground = "position: absolute; inset: 0; background: light-dark(#777, #222)"
    findings = found(
        f'<p style="{colour}">On the page</p>'
        f'<div style="position: relative"><span style="{ground}"></span><p id="over" style="{colour}">On grey</p></div>'
        f'<p style="{colour}">On the page again</p>'
    )

    assert len(matching(findings, "light theme", "color-contrast", 'id="over"')) == len(findings) == 1


def test_everything_else_is_found_at_once(found):
    findings = found(
        "<script>document.title = 'Mine'</script><style>p { margin: 0 }</style>"
        '<button id="handler" type="button" onclick="alert(1)">Press</button>'
        '<button id="nameless" type="button"></button>'
        '<p class="hide-theme-light"><button id="dark-and-nameless" type="button"></button></p>'
        '<div style="width: 400px">Wide</div>'
    )

    assert matching(findings, "console", "inline script")
    assert matching(findings, "console", "inline event handler")
    assert matching(findings, "console", "inline style")
    assert matching(findings, "light theme", "button-name", 'id="nameless"')
    assert matching(findings, "dark theme", "button-name", 'id="dark-and-nameless"')
    assert not matching(findings, "light theme", 'id="dark-and-nameless"')
    assert matching(findings, "390 pixels")


def test_a_request_to_another_host_is_found_even_where_no_policy_forbids_it(found):
    image = '<img src="http://elsewhere.invalid/a.png" alt="">'

    assert matching(found(image), "console", "elsewhere.invalid", "Content Security Policy")
    assert matching(found(image, policy=""), "another host: http://elsewhere.invalid/a.png")
