"""Legal text: what is shown can do nothing but be read, and the PDF gets the same words."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.agreements.rich_text import Block, blocks_of, rich_html

# From the collections that people attack Markdown and sanitisers with: tags, handlers, schemes, encodings, broken markup.
HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<math><mtext></p><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil.example/>",
    "<style>*{background:url(javascript:alert(1))}</style>",
    "<p style='background:url(//evil.example)'>x</p>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='x' onclick=alert(1)>x</a>",
    "<b onmouseover=alert(1)>x</b>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](java&#x0A;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A&#x61;vascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](  javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://evil.example/1)",
    '[x](https://ok.example "\\" onmouseover=\\"alert(1))',
    "[x](https://ok.example' onmouseover='alert(1))",
    '[x](https://ok.example"onmouseover="alert(1))',
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    '![x"onerror="alert(1)](x)',
    "[a]: javascript:alert(1)\n\n[x][a]",
    "[a]: <javascript:alert(1)> 'title'\n\n[x][a]",
    "```html\n<script>alert(1)</script>\n```",
    '```"><img src=x onerror=alert(1)>\nx\n```',
    "`<script>alert(1)</script>`",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "# <img src=x onerror=alert(1)>",
    "> <script>alert(1)</script>",
    "- <img src=x onerror=alert(1)>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo '<script>alert(1)</script>' ?>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\\<script>alert(1)\\</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "<a\x00href=javascript:alert(1)>x</a>",
    "\ufeff<script>alert(1)</script>",
    "<im\u017f src=x onerror=alert(1)>",
    "*<script>*alert(1)*</script>*",
    "<p><a href=https://ok.example target=_top>x",
]
TAGS = {"h3", "h4", "h5", "h6", "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li"} | {
    "a",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
ATTRIBUTES = {"a": {"href", "rel"}, "ol": {"start"}}


class _Seen(HTMLParser):
    """What a browser would build."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS:
            self.problems.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, set()):
                self.problems.append(f"{tag}[{name}]")
            if name == "href" and not re.match(r"(https?://|mailto:)", value or ""):
                self.problems.append(f"href={value}")
            if name == "rel" and value != "noopener noreferrer nofollow":
                self.problems.append(f"rel={value}")

    def handle_comment(self, data):
        self.problems.append("comment")

    def handle_decl(self, decl):
        self.problems.append("declaration")

    def handle_pi(self, data):
        self.problems.append("instruction")


def problems(html: str) -> list[str]:
    seen = _Seen()
    seen.feed(html)
    seen.close()
    return seen.problems


def test_the_collection_is_large_enough_and_the_check_finds_what_it_is_for():
    assert len(set(HOSTILE)) >= 40
    for hostile in ("<script>", "<img src=x>", "<a href='javascript:x'>", "<p onclick=x>", "<!-- x -->"):
        assert problems(hostile)


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("around", ["{}", "Before {} after", "- {}\n- x", "> {}", "1. x\n\n   {}"])
def test_nothing_runs_loads_or_leaves_the_page(hostile, around):
    assert problems(rich_html(around.format(hostile))) == []


@given(st.text(alphabet=st.sampled_from("<>\"'=/ \n`*_[]()!&#;:-|x1ajscript"), max_size=60))
def test_no_mixture_of_signs_gets_through(text):
    assert problems(rich_html(text)) == []


def test_what_people_write_is_shown():
    html = rich_html(
        "# Scope\n\nThe parties sell **courses** and *kits*.\n\n1. One\n2. Two\n   - deeper\n\n"
        "> Quoted\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n[Site](https://example.org/a?b=1) <mailto:a@example.org>\n\n---\n"
    )
    assert "<h3>Scope</h3>" in html
    assert "<strong>courses</strong> and <em>kits</em>" in html
    assert '<a href="https://example.org/a?b=1" rel="noopener noreferrer nofollow">Site</a>' in html
    for part in ("<ol>", "<ul>", "<blockquote>", "<table>", "<th>A</th>", "<td>2</td>", "<hr>"):
        assert part in html
    assert rich_html("###### Deep").startswith("<h6>")


def test_signs_of_html_are_words():
    assert rich_html("a < b & c > d") == "<p>a &lt; b &amp; c &gt; d</p>\n"


def test_blocks_have_the_same_words():
    text = (
        "# 范围\n\nCourses and\nkits.\n\n3. Three\n4. Four\n   - deeper\n\n> Quoted\n\n```\na < b\n```\n\n"
        "| A | B |\n|---|---|\n| 1 | 2 |\n\n[Site](https://example.org) and <https://example.org/x>\n\n---"
    )
    assert blocks_of(text) == [
        Block("heading", "范围", 1),
        Block("paragraph", "Courses and kits."),
        Block("item", "Three", 1, "3."),
        Block("item", "Four", 1, "4."),
        Block("item", "deeper", 2, "•"),
        Block("quote", "Quoted"),
        Block("code", "a < b"),
        Block("row", "A | B"),
        Block("row", "1 | 2"),
        Block("paragraph", "Site (https://example.org) and https://example.org/x"),
        Block("rule"),
    ]
