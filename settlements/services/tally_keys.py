"""Which running totals a conversion counts in, under its terms. A step of accruing."""

from collections.abc import Mapping
from datetime import datetime

from partners.domain.evaluation import History, Totals
from partners.domain.terms.payments import Tiered
from settlements.domain.needs import is_accumulating
from settlements.domain.windows import ALWAYS, window_of
from settlements.models import TallyKind
from settlements.services.hold_tallies import HeldTallies, TallyKey
from settlements.terms_in_use import TermsInUse


def tally_keys(use: TermsInUse, occurred_at: datetime, person: str) -> list[TallyKey]:
    """The totals that a conversion of that time and person counts in."""
    return [*_clause_keys(use, occurred_at), *_cap_keys(use, occurred_at, person)]


def _clause_keys(use: TermsInUse, occurred_at: datetime) -> list[TallyKey]:
    found = []
    for clause in use.terms.clauses:
        if is_accumulating(clause, use.terms):
            length = clause.pays.window if isinstance(clause.pays, Tiered) else "month"
            window = window_of(length, occurred_at, use.terms.time_zone)
            found.append(TallyKey(use.version.agreement_id, TallyKind.CLAUSE.value, clause.id, window))
    return found


def _cap_keys(use: TermsInUse, occurred_at: datetime, person: str) -> list[TallyKey]:
    """Caps of a single conversion count nothing; caps for each person count only known ones."""
    found = []
    for cap in use.terms.caps:
        if cap.window == "conversion" or (cap.per == "person" and not person):
            continue
        window = window_of(cap.window, occurred_at, use.terms.time_zone)
        who = person if cap.per == "person" else ""
        found.append(TallyKey(use.version.agreement_id, TallyKind.CAP.value, cap.id, window, who))
    return found


def person_key(use: TermsInUse, person: str) -> TallyKey:
    """The total in which a person's own sales count."""
    return TallyKey(use.version.agreement_id, TallyKind.PERSON.value, "", ALWAYS, person)


def history_of(use: TermsInUse, occurred_at: datetime, person: str, tallies: HeldTallies) -> History:
    """What came before, in the windows that hold `occurred_at`."""
    return History(
        windows={key.key: tallies[key].totals for key in _clause_keys(use, occurred_at)},
        earned={key.key: tallies[key].totals.amount_minor for key in _cap_keys(use, occurred_at, person)},
    )


def count_on(
    use: TermsInUse,
    occurred_at: datetime,
    person: str,
    counted: Mapping[str, Totals],
    earned: Mapping[str, int],
    tallies: HeldTallies,
) -> None:
    """Add what was counted by clause and earned by cap to the totals of its windows."""
    for key in _clause_keys(use, occurred_at):
        if totals := counted.get(key.key):
            tallies.add(key, totals)
    for key in _cap_keys(use, occurred_at, person):
        if amount := earned.get(key.key):
            tallies.add(key, Totals(amount_minor=amount))
