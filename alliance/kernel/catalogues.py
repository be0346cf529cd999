"""Translation catalogues: found in sources, held complete, compiled without gettext.

Two catalogues for each language but English, whose sentences are the message ids:

- `locale/` has the messages of this project;
- `locale/third_party/` has those that installed packages mark for translation without translating them
  (Unfold, and django-filter beyond its `zh_CN`, which Django never loads for `zh-hans`).
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import polib
from babel.messages.extract import extract_python
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

OUR_SOURCES: Final = ("alliance", "partners", "audience", "recsys", "campaigns", "settlements", "templates")
THIRD_PARTY_PACKAGES: Final = ("unfold", "django_filters")
# Parts of packages that are not installed here.
LEFT_OUT: Final = ("unfold/contrib/", "/migrations/", "/node_modules/", "unfold/templates/registration/")
# The packages' own Chinese under a name that Django does not look for.
FOREIGN_SPELLINGS: Final = {"zh_Hans": "zh_CN"}
ALREADY_TRANSLATED: Final = ("django", "django.contrib.admin", "django.contrib.auth", "allauth")

_KEYWORDS: Final[dict[str, Any]] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_LITERAL: Final = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL: Final = re.compile(rf"\b(_|n?p?gettext)\(({_LITERAL})(?:, ({_LITERAL}))?(?:, ({_LITERAL}))?")
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[a-z]|%[sdr]|\{(\w*)\}")


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """One message as the sources have it."""

    msgid: str
    context: str = ""
    plural: str = ""


Found = dict[Message, set[str]]


def _message(function: str, texts: tuple[str | None, ...]) -> Message | None:
    given = [text for text in texts if text is not None]
    base = function.removesuffix("_lazy").removesuffix("_noop")
    context = given.pop(0) if "p" in base.replace("gettext", "") and len(given) > 1 else ""
    is_plural = base.startswith("n") and len(given) > 1
    return Message(given[0], context, given[1] if is_plural else "") if given and given[0] else None


def _as_tuple(texts: object) -> tuple[str | None, ...]:
    """Babel gives a text by itself, several in a tuple."""
    return texts if isinstance(texts, tuple) else (str(texts) if texts else None,)


def _python_messages(path: Path) -> Iterator[Message]:
    with path.open("rb") as source:
        for _line, function, texts, _comments in extract_python(source, _KEYWORDS, [], {}):
            found = _message(str(function), _as_tuple(texts))
            if found:
                yield found

    yield from _messages_of_inner_templates(path)


def _messages_of_inner_templates(path: Path) -> Iterator[Message]:
    """Those of templates written as strings in code, such as the cells of a table."""
    code = path.read_text(encoding="utf-8")
    if "{% translate" in code or "{% blocktranslate" in code:
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "translate" in node.value:
                yield from _template_messages(node.value, str(path))


def _template_messages(template: str, origin: str) -> Iterator[Message]:
    code = templatize(template, origin=origin)
    for call in _CALL.finditer(code):
        found = _message(call[1], tuple(ast.literal_eval(text) if text else None for text in call.groups()[1:]))
        if found:
            yield found


def _messages_in(path: Path) -> Iterator[Message]:
    if path.suffix == ".py":
        return _python_messages(path)
    return _template_messages(path.read_text(encoding="utf-8"), str(path))


def _messages_below(root: Path, name: str) -> Found:
    found: Found = defaultdict(set)
    for path in sorted(p for p in root.rglob("*") if p.suffix in {".py", ".html", ".txt"} and p.is_file()):
        place = f"{name}/{path.relative_to(root).as_posix()}"
        if any(part in place for part in LEFT_OUT):
            continue
        for message in _messages_in(path):
            found[message].add(place)
    return found


def our_messages() -> Found:
    """Every message that this project's own sources mark for translation, with the files that have it."""
    found: Found = defaultdict(set)
    for name in OUR_SOURCES:
        for message, places in _messages_below(settings.BASE_DIR / name, name).items():
            found[message] |= places
    return found


def third_party_messages(locale: str) -> Found:
    """The messages of installed packages that no installed catalogue has in `locale`."""
    known = _translated_elsewhere(locale)
    found: Found = defaultdict(set)
    for package in THIRD_PARTY_PACKAGES:
        for message, places in _messages_below(_package_root(package), package).items():
            if message.msgid not in known:
                found[message] |= places
    return found


def _package_root(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        message = f"{package} is not installed."
        raise LookupError(message)
    return Path(spec.submodule_search_locations[0])


def _translated_elsewhere(locale: str) -> set[str]:
    roots = [_package_root(name) for name in ALREADY_TRANSLATED]
    files = [root / part / "locale" / locale / "LC_MESSAGES" / "django.po" for root in roots for part in (".", "conf")]
    known = {e.msgid for file in files if file.is_file() for e in polib.pofile(str(file)) if e.translated()}
    return known | {entry.msgid for entry in foreign_entries(locale)}


def foreign_entries(locale: str) -> list[polib.POEntry]:
    """Translations that the packages have under another name for the same language."""
    spelling = FOREIGN_SPELLINGS.get(locale, "")
    files = (_package_root(p) / "locale" / spelling / "LC_MESSAGES" / "django.po" for p in THIRD_PARTY_PACKAGES)
    return [e for file in files if spelling and file.is_file() for e in polib.pofile(str(file)) if e.translated()]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One .po file and the messages it must have. `may_have_more`: another version of a package has other messages."""

    path: Path
    locale: str
    is_ours: bool

    @property
    def may_have_more(self) -> bool:
        """Whether messages beyond the wanted ones are fine."""
        return not self.is_ours

    def wanted(self) -> Found:
        """What the sources mark for translation."""
        return our_messages() if self.is_ours else third_party_messages(self.locale)

    def entries(self) -> polib.POFile:
        """The file's content; empty when there is no file yet."""
        return polib.pofile(str(self.path)) if self.path.is_file() else polib.POFile(wrapwidth=100)


def catalogues() -> list[Catalogue]:
    """Ours and the third parties', for every language but English."""
    languages = [to_locale(code) for code, _ in settings.LANGUAGES if code != "en"]
    file = Path("LC_MESSAGES") / "django.po"
    roots = ((settings.BASE_DIR / "locale", True), (settings.BASE_DIR / "locale" / "third_party", False))
    return [Catalogue(root / locale / file, locale, is_ours) for locale in languages for root, is_ours in roots]


def key_of(entry: polib.POEntry) -> Message:
    """The message that an entry translates."""
    return Message(entry.msgid, entry.msgctxt or "", entry.msgid_plural or "")


def _translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def _placeholders(text: str) -> set[str]:
    return {match.group(0) for match in _PLACEHOLDER.finditer(text.replace("%%", ""))}


def problems_of_entry(entry: polib.POEntry) -> Iterator[str]:
    """What is wrong with one translation, in words."""
    texts = _translations(entry)
    if not texts or not all(texts):
        yield f"not translated: {entry.msgid!r}"
        return
    if entry.fuzzy:
        yield f"fuzzy: {entry.msgid!r}"
    expected = _placeholders(entry.msgid_plural or entry.msgid)
    for text in texts:
        if _placeholders(text) != expected:
            yield f"placeholders differ: {entry.msgid!r} and {text!r}"


def problems_of(catalogue: Catalogue) -> list[str]:
    """Everything that keeps a catalogue from being complete and up to date."""
    entries = {key_of(entry): entry for entry in catalogue.entries() if not entry.obsolete}
    wanted = catalogue.wanted()
    found = [f"missing: {m.msgid!r} ({', '.join(sorted(wanted[m]))})" for m in sorted(wanted) if m not in entries]
    if not catalogue.may_have_more:
        found += [f"no longer used: {m.msgid!r}" for m in sorted(entries) if m not in wanted]
    return found + [problem for entry in entries.values() for problem in problems_of_entry(entry)]


def collect(catalogue: Catalogue) -> tuple[int, int]:
    """Bring the file to its sources, keeping translations; returns how many messages came and went."""
    known = {key_of(entry): entry for entry in catalogue.entries() if not entry.obsolete}
    wanted = catalogue.wanted()
    kept = set(wanted) | (set(known) if catalogue.may_have_more else set())
    file = polib.POFile(wrapwidth=100)
    file.metadata = _metadata(catalogue.locale)
    for message in sorted(kept):
        entry = known.get(message) or _new_entry(message)
        if message in wanted:
            entry.occurrences = [(place, "") for place in sorted(wanted[message])]
        file.append(entry)
    catalogue.path.parent.mkdir(parents=True, exist_ok=True)
    file.save(str(catalogue.path))
    return len(kept - set(known)), len(set(known) - kept)


def _new_entry(message: Message) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.msgid, msgctxt=message.context or None)
    if message.plural:
        entry.msgid_plural, entry.msgstr_plural = message.plural, {0: ""}
    return entry


def _metadata(locale: str) -> dict[str, str]:
    return {
        "Language": locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }


def compile_catalogue(catalogue: Catalogue) -> Path:
    """Write the .mo beside the .po, whole or not at all; the third parties' also carries their foreign spellings."""
    file = catalogue.entries()
    if not catalogue.is_ours:
        present = {key_of(entry) for entry in file}
        file.extend(entry for entry in foreign_entries(catalogue.locale) if key_of(entry) not in present)
    target = catalogue.path.with_suffix(".mo")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".mo.new")
    unfinished.write_bytes(file.to_binary())
    unfinished.replace(target)
    return target
