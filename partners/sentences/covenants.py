"""What the parties promise beside money."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from partners.domain.terms import Terms
from partners.domain.terms.covenants import DataSharing, Exclusivity, Territory
from partners.sentences.wording import Passage, Sentence, Wording, all_of, all_quoted, country, exact_number

SCOPES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "aggregates": pgettext_lazy("data", "aggregated figures"),
        "conversions": pgettext_lazy("data", "conversions"),
        "behaviour_events": pgettext_lazy("data", "behaviour events"),
        "segments": pgettext_lazy("data", "segments"),
        "hashed_identifiers": pgettext_lazy("data", "hashed identifiers"),
        "contact_details": pgettext_lazy("data", "contact details"),
        "ratings": pgettext_lazy("data", "ratings"),
    }
)
PURPOSES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "settlement": pgettext_lazy("purpose of data", "settlement"),
        "attribution": pgettext_lazy("purpose of data", "attribution"),
        "recommendation": pgettext_lazy("purpose of data", "recommendation"),
        "measurement": pgettext_lazy("purpose of data", "measurement"),
        "advertising": pgettext_lazy("purpose of data", "advertising"),
        "overlap_counts": pgettext_lazy("purpose of data", "counting common persons"),
        "fraud_prevention": pgettext_lazy("purpose of data", "prevention of fraud"),
    }
)


def data_passages(terms: Terms, wording: Wording) -> Iterator[Passage]:
    """Which data flow from whom to whom, for what, and how long they are kept."""
    for flow in terms.data_sharing:
        key = f"data_sharing.{flow.giver}.{flow.receiver}"
        title = _("From %(giver)s to %(receiver)s") % {
            "giver": wording.party(flow.giver),
            "receiver": wording.party(flow.receiver),
        }
        yield Passage(key, title, tuple(_flow(flow, key, wording)))


def _flow(flow: DataSharing, key: str, wording: Wording) -> Iterator[Sentence]:
    said = {"giver": wording.party(flow.giver), "receiver": wording.party(flow.receiver)}
    scope = all_of(str(SCOPES[name]) for name in flow.scope)
    purposes = all_of(str(PURPOSES[name]) for name in flow.purposes)
    yield Sentence(f"{key}.scope", _("%(giver)s gives %(receiver)s these data: %(scope)s.") % {**said, "scope": scope})
    yield Sentence(f"{key}.purposes", _("They serve these purposes only: %(purposes)s.") % {"purposes": purposes})
    kept = ngettext(
        "%(receiver)s keeps them for %(days)s day and then deletes them.",
        "%(receiver)s keeps them for %(days)s days and then deletes them.",
        flow.retention_days,
    )
    yield Sentence(f"{key}.retention_days", kept % {**said, "days": exact_number(flow.retention_days)})


def exclusivity_passages(terms: Terms, wording: Wording) -> Iterator[Passage]:
    """With whom nobody else is worked, and where the agreement holds."""
    if terms.exclusivity:
        sentences = (_exclusive(rule, place, wording) for place, rule in enumerate(terms.exclusivity))
        yield Passage("exclusivity", "", tuple(sentences))
    yield Passage("territory", "", (_territory(terms.territory),))


def _exclusive(rule: Exclusivity, place: int, wording: Wording) -> Sentence:
    said = {"party": wording.party(rule.party), "categories": all_quoted(rule.categories)}
    if rule.countries:
        text = _("In these countries %(party)s works with nobody else in %(categories)s: %(countries)s.")
        text %= {**said, "countries": all_of(map(country, rule.countries))}
    else:
        text = _("%(party)s works with nobody else in %(categories)s, wherever it is.") % said
    return Sentence(f"exclusivity.{rule.party}.{place}", text)


def _territory(territory: Territory | None) -> Sentence:
    if territory is None:
        return Sentence("territory", _("The agreement holds everywhere."))
    countries = {"countries": all_of(map(country, territory.countries))}
    if territory.rule == "only":
        return Sentence("territory", _("The agreement holds in these countries only: %(countries)s.") % countries)
    text = _("The agreement holds everywhere except in these countries: %(countries)s.")
    return Sentence("territory", text % countries)
