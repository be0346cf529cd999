"""What a browser would send back from a page: the values of the form's inputs, read from its HTML."""

from html.parser import HTMLParser

Values = dict[str, list[str]]


class _Form(HTMLParser):
    """The successful controls of the first form that posts a `revision`, as HTML defines them."""

    def __init__(self) -> None:
        super().__init__()
        self.values: Values = {}
        self._select = ""
        self._options: list[tuple[str, bool]] = []
        self._textarea: str | None = None
        self._text = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind not in {"checkbox", "radio"} or "checked" in given:
                self.values.setdefault(name, []).append(given.get("value") or "")
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option":
            self._options.append((given.get("value") or "", "selected" in given))
        elif tag == "textarea":
            self._textarea, self._text = name, ""

    def handle_data(self, data):
        if self._textarea is not None:
            self._text += data

    def handle_endtag(self, tag):
        if tag == "select" and self._select:
            chosen = [value for value, is_chosen in self._options if is_chosen] or [self._options[0][0]]
            self.values.setdefault(self._select, []).append(chosen[0])
            self._select = ""
        elif tag == "textarea" and self._textarea:
            self.values.setdefault(self._textarea, []).append(self._text.removeprefix("\n"))
            self._textarea = None


def form_values(html: str) -> Values:
    """What the form of terms on a page would send, pressing Save."""
    start = html.index('id="terms-form"')
    form = _Form()
    form.feed(html[start : html.index("</form>", start)])
    return form.values | {"do": ["save"]}
