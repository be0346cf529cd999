"""Everything that terms say, under headings, in one language."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from partners.domain.terms import Terms
from partners.models import TermsVersion
from partners.sentences.attribution import attribution_passages
from partners.sentences.clauses import clause_passages, general_passages
from partners.sentences.covenants import data_passages, exclusivity_passages
from partners.sentences.force import force_sentences
from partners.sentences.limits import hold_passages, limit_passages
from partners.sentences.settling import settling_passages, tax_passages
from partners.sentences.wording import Passage, Section, Wording

Passages = Callable[[Terms, Wording], Iterable[Passage]]
_SECTIONS: Final[tuple[tuple[str, Promise, Passages], ...]] = (
    ("general", gettext_lazy("Parties and currency"), general_passages),
    ("clauses", gettext_lazy("What earns"), clause_passages),
    ("limits", gettext_lazy("Limits"), limit_passages),
    ("holds", gettext_lazy("Holds and refunds"), hold_passages),
    ("attribution", gettext_lazy("Attribution"), attribution_passages),
    ("settling", gettext_lazy("Statements and payouts"), settling_passages),
    ("taxes", gettext_lazy("Taxes"), tax_passages),
    ("data", pgettext_lazy("section of terms", "Data"), data_passages),
    ("exclusivity", gettext_lazy("Exclusivity and territory"), exclusivity_passages),
)


def sections_of(version: TermsVersion, names: Mapping[UUID, str], *, language: str) -> tuple[Section, ...]:
    """What `version` says, from the document that was signed; its time of force comes first."""
    terms = version.parsed()
    with translation.override(language):
        force = Passage("force", "", tuple(force_sentences(version.document, terms.time_zone)))
        return (Section("force", pgettext("section of terms", "In force"), (force,)), *_sections(terms, names))


def sections_of_terms(terms: Terms, names: Mapping[UUID, str], *, language: str) -> tuple[Section, ...]:
    """What `terms` say; a matter about which they say nothing has no section."""
    with translation.override(language):
        return tuple(_sections(terms, names))


def _sections(terms: Terms, names: Mapping[UUID, str]) -> Iterator[Section]:
    wording = Wording(names, terms.currency, terms.time_zone)
    for key, title, passages in _SECTIONS:
        if said := tuple(passages(terms, wording)):
            yield Section(key, str(title), said)
