"""Any terms, any conversion, any past: the verifier comes to the same shares as the engine, though they share no code."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from partners.domain.evaluation import History, Totals
from partners.domain.terms import Terms
from partners.domain.timeline import TermsInForce
from settlements.domain.evaluating import Sold, evaluate_sold, history_told
from settlements.domain.needs import needs_of
from settlements.domain.plain_split import PlainSplit
from settlements.proof.alliance_verify import conversion, event_sha256
from tests.domain.partners.terms.generated import all_terms
from tests.domain.partners.terms.written import HOST, NORTH, SOUTH

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = ("", "A", "B", "course", "DE", "AT", "spring")
amounts = st.integers(-(10**7), 10**7)
words = st.sampled_from(WORDS)
totals = st.builds(Totals, st.integers(0, 10**7), st.integers(0, 50), st.integers(0, 50))


@st.composite
def sold(draw: st.DrawFn, kind: str, occurred_at: datetime, clause_ids: list[str]) -> Sold:
    amount = draw(amounts)
    first = draw(st.one_of(st.none(), st.integers(1, 900)))
    return Sold(
        kind=kind,
        occurred_at=occurred_at,
        amount_minor=amount,
        quantity=draw(st.integers(1, 9)) * (-1 if amount < 0 else 1),
        partner=draw(st.sampled_from([None, NORTH, SOUTH])),
        country=draw(words),
        coupon=draw(words),
        placement=draw(words),
        reported={draw(st.sampled_from(["tax", "payment_fee", "shipping", "other"])): draw(st.integers(0, 10**5))},
        item=draw(words),
        item_kind=draw(words),
        categories=frozenset(draw(st.lists(st.sampled_from(WORDS[1:]), max_size=2))),
        tags=frozenset(draw(st.lists(st.sampled_from(WORDS[1:]), max_size=2))),
        person=draw(st.sampled_from([None, "new", "returning"])),
        first_sale_at=occurred_at - timedelta(days=first) if first else None,
        acquired_elsewhere=frozenset(draw(st.sets(st.sampled_from(clause_ids))))
        if first and clause_ids
        else frozenset(),
    )


def engine(terms: Terms, parts: list[Sold], history: History) -> dict[str, Any]:
    version = TermsInForce(HOST, HOST, HOST, 1, terms, BEGIN, None, terms.parties)
    shares = terms.plain_shares
    if shares is not None:
        found = PlainSplit(version, shares, host_id=HOST).outcome(parts[0].amount_minor)
    else:
        asked = needs_of(terms).asked
        found = evaluate_sold(version, parts, host_id=HOST, history=lambda: history, asked=asked).outcome
    return {"base": found.base_minor, "unassigned": found.unassigned_minor, "shares": dict(found.shares)}


def history_of(terms: Terms, draw: Any) -> History:
    return History(
        windows={clause.id: draw(totals) for clause in terms.clauses},
        earned={cap.id: draw(st.integers(-(10**5), 10**6)) for cap in terms.caps},
    )


@given(all_terms(), st.data())
def test_shares_are_the_same(terms: Terms, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["sale", "sale", "sale", "lead", "click", "sign_up", "adjustment"]))
    occurred_at = BEGIN + timedelta(minutes=data.draw(st.integers(0, 10**6)))
    count = 1 if terms.plain_shares is not None else data.draw(st.integers(1, 3))
    parts = [
        data.draw(sold(kind, occurred_at, [c.id for c in terms.clauses if c.is_for_its_own])) for _ in range(count)
    ]
    history = history_of(terms, data.draw)
    told = {"of": [part.told(needs_of(terms).asked) for part in parts]} | history_told(history)
    event = {
        "kind": kind,
        "occurred_at": occurred_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "amount_minor": sum(part.amount_minor for part in parts),
    }
    ours = engine(terms, parts, history)
    theirs = conversion(terms.to_json(), event, told, str(HOST))
    assert (theirs.base, theirs.unassigned) == (ours["base"], ours["unassigned"])
    for party in terms.parties:
        assert theirs.share_of(str(party)) == ours["shares"].get(party, 0)


def test_the_hash_of_an_event_is_that_of_its_text() -> None:
    from settlements.domain.event_content import EventContent

    content = EventContent(HOST, NORTH, "sale", BEGIN, "EUR", 100, "a" * 64, "", '{"of": []}', "O-1\nkind refund")
    event = {
        "accrual": str(HOST),
        "conversion": str(NORTH),
        "kind": "sale",
        "occurred_at": "2026-01-01T00:00:00.000000Z",
        "currency": "EUR",
        "amount_minor": 100,
        "terms": "a" * 64,
        "takes_back": "",
        "facts": '{"of": []}',
        "reference": "O-1\nkind refund",
    }
    assert event_sha256(event) == content.digest().hex()
