"""Catalogues are collected from sources, refused when incomplete, and compiled without gettext."""

import gettext
from pathlib import Path

import polib
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from alliance.kernel import catalogues
from alliance.kernel.catalogues import Catalogue, Message, collect, compile_catalogue, problems_of

TEMPLATE = """{% load i18n %}<p title="{% translate "A title" %}">{{ x|default:_("A default") }}</p>
{% blocktranslate count n=n %}One row{% plural %}{{ n }} rows{% endblocktranslate %}
{% translate "May" context "month" %}<c-empty title="{% translate 'Nothing' %}" />"""
CODE = """from django.utils.translation import gettext_lazy as _, ngettext, pgettext
a = _("A label")
b = ngettext("%(n)d day", "%(n)d days", 3)
c = pgettext("verb", "Post")
d = _(a)
e = TemplateColumn('{% load i18n %}<b>{% translate "A cell" %}</b>')
"""
WANTED = {
    Message("A cell"),
    Message("A default"),
    Message("A label"),
    Message("A title"),
    Message("Nothing"),
    Message("May", "month"),
    Message("Post", "verb"),
    Message("One row", plural="%(n)s rows"),
    Message("%(n)d day", plural="%(n)d days"),
}


@pytest.fixture
def catalogue(tmp_path, monkeypatch, settings) -> Catalogue:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "page.html").write_text(TEMPLATE)
    (tmp_path / "app" / "code.py").write_text(CODE)
    settings.BASE_DIR = tmp_path
    monkeypatch.setattr(catalogues, "OUR_SOURCES", ("app",))
    return Catalogue(tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po", "zh_Hans", is_ours=True)


def translate_all(path: Path, change=lambda text: text) -> None:
    file = polib.pofile(str(path))
    for entry in file:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: change(entry.msgid_plural)}
        else:
            entry.msgstr = change(entry.msgid)
    file.save(str(path))


def test_messages_are_found_in_templates_and_code(catalogue):
    assert set(catalogue.wanted()) == WANTED


def test_collecting_again_changes_nothing_and_keeps_translations(catalogue):
    assert collect(catalogue) == (len(WANTED), 0)
    translate_all(catalogue.path)
    before = catalogue.path.read_bytes()
    assert collect(catalogue) == (0, 0)
    assert catalogue.path.read_bytes() == before


def test_untranslated_is_refused_and_translated_is_not(catalogue):
    collect(catalogue)
    assert len(problems_of(catalogue)) == len(WANTED)
    translate_all(catalogue.path)
    assert problems_of(catalogue) == []


def test_new_and_dropped_sentences_are_refused(catalogue, tmp_path):
    collect(catalogue)
    translate_all(catalogue.path)
    (tmp_path / "app" / "code.py").write_text('_("Another")')
    problems = problems_of(catalogue)
    assert "missing: 'Another' (app/code.py)" in problems
    assert "no longer used: 'A label'" in problems


def test_fuzzy_is_refused(catalogue):
    collect(catalogue)
    translate_all(catalogue.path)
    file = polib.pofile(str(catalogue.path))
    file[0].flags.append("fuzzy")
    file.save(str(catalogue.path))
    assert [p.split(":")[0] for p in problems_of(catalogue)] == ["fuzzy"]


def test_lost_placeholder_is_refused(catalogue):
    collect(catalogue)
    translate_all(catalogue.path, change=lambda text: text.replace("%(n)", "%(m)"))
    assert [p.split(":")[0] for p in problems_of(catalogue)] == ["placeholders differ"] * 2


def test_compiled_catalogue_is_what_gettext_reads(catalogue):
    collect(catalogue)
    translate_all(catalogue.path, change=lambda text: f"译 {text}")
    compile_catalogue(catalogue)
    loaded = gettext.translation("django", str(catalogue.path.parents[2]), ["zh_Hans"])
    assert loaded.gettext("A title") == "译 A title"
    assert loaded.pgettext("month", "May") == "译 May"
    assert loaded.ngettext("One row", "%(n)s rows", 1) == "译 %(n)s rows"


def test_third_parties_that_ship_no_chinese_are_covered():
    wanted = catalogues.third_party_messages("zh_Hans")
    assert any("unfold/" in place for places in wanted.values() for place in places)
    assert Message("Delete") not in wanted  # Django has it


def test_command_fails_with_the_number_of_problems(catalogue, monkeypatch):
    collect(catalogue)
    command = "alliance.kernel.management.commands.check_catalogues.catalogues"
    monkeypatch.setattr(command, lambda: [catalogue])
    with pytest.raises(CommandError, match=f"{len(WANTED)} problems"):
        call_command("check_catalogues")
