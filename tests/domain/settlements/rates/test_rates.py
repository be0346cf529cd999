"""Reading files of rates, and which rate counts."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from alliance.kernel.ids import new_id
from settlements.rates.domain.choosing import StoredRate, Way, choose_rate, exchanged
from settlements.rates.domain.quoting import BadRateError, Quote, RateProblem, rate_text
from settlements.rates.domain.reading import Fault, read_rates

MONDAY = date(2026, 11, 2)
ECB = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
 <gesmes:subject>Reference rates</gesmes:subject><gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
 <Cube><Cube time="2026-11-02"><Cube currency="USD" rate="1.0854"/><Cube currency="CNY" rate="7.8104"/></Cube>
 <Cube time="2026-10-30"><Cube currency="USD" rate="1.08"/></Cube></Cube>
</gesmes:Envelope>"""


def row(base, quote, rate, *, day=MONDAY, source="ECB", revision=1):
    return StoredRate(new_id(), source, base, quote, Decimal(rate), day, revision, datetime(2026, 11, 2, tzinfo=UTC))


def test_a_file_of_the_central_bank_is_read_exactly():
    reading = read_rates(ECB)
    assert reading.file_format == "ecb_xml"
    assert [(q.base, q.quote, str(q.rate), q.valid_on) for q in reading.quotes] == [
        ("EUR", "USD", "1.0854", MONDAY),
        ("EUR", "CNY", "7.8104", MONDAY),
        ("EUR", "USD", "1.08", date(2026, 10, 30)),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"date,base,quote,rate\n2026-11-02,usd,EUR,0.9213\n\n",
        b"\xef\xbb\xbfDate;Quote;Base;Rate;Note\r\n2026-11-02;EUR;USD;0.9213;x\r\n",
        "日期\t基准货币\t报价货币\t汇率\n2026-11-02\tUSD\tEUR\t0.9213".encode(),
    ],
)
def test_csv_is_read_with_any_usual_header(body):
    assert read_rates(body).quotes == (Quote("USD", "EUR", Decimal("0.9213"), MONDAY),)


@pytest.mark.parametrize(
    ("row_text", "problem"),
    [
        ("02.11.2026,USD,EUR,0.9", RateProblem.NOT_A_DAY),
        ("2026-11-02,USX,EUR,0.9", RateProblem.UNKNOWN_CURRENCY),
        ("2026-11-02,EUR,EUR,1", RateProblem.SAME_CURRENCY),
        ("2026-11-02,USD,EUR,0", RateProblem.NOT_A_RATE),
        ('2026-11-02,USD,EUR,"0,92"', RateProblem.NOT_A_RATE),
        ("2026-11-02,USD,EUR,NaN", RateProblem.NOT_A_RATE),
        ("2026-11-02,USD,EUR,0.1234567890123", RateProblem.TOO_FINE),
        ("2026-11-02,USD,EUR", RateProblem.NOT_A_RATE),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_taken(row_text, problem):
    reading = read_rates(f"date,base,quote,rate\n2026-11-01,USD,EUR,0.9\n{row_text}\n".encode())
    assert reading.faults == (Fault(3, problem),)


def test_the_same_day_twice_is_harmless_only_with_the_same_rate():
    same = b"date,base,quote,rate\n2026-11-02,USD,EUR,0.9\n2026-11-02,USD,EUR,0.90\n"
    assert len(read_rates(same).quotes) == 1
    assert read_rates(same.replace(b"0.90\n", b"0.91\n")).faults == (Fault(3, RateProblem.TWICE),)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", RateProblem.COLUMNS_MISSING),
        (b"day,from,to\n", RateProblem.COLUMNS_MISSING),
        (b"date,base,quote,rate\n", RateProblem.EMPTY),
        (b"\xff\xfe,", RateProblem.NOT_READABLE),
        (b"<rates>", RateProblem.NOT_READABLE),
        (b"<rates/>", RateProblem.NOT_A_RATE_FILE),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', RateProblem.NOT_READABLE),
        (ECB[:300] + b'"', RateProblem.NOT_READABLE),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(body, problem):
    assert read_rates(body).faults == (Fault(0, problem),)


def test_a_rate_is_never_written_with_an_exponent():
    assert [rate_text(Decimal(text)) for text in ("0.00000001", "7.8100", "100", "1E+3")] == [
        "0.00000001",
        "7.81",
        "100",
        "1000",
    ]
    with pytest.raises(BadRateError):
        Quote.parse(base="USD", quote="EUR", rate="1000000000000", valid_on="2026-11-02")


def test_direct_comes_before_inverse_before_cross():
    direct, inverse = row("USD", "CNY", "7.19"), row("CNY", "USD", "0.14")
    cross = [row("EUR", "USD", "1.0854"), row("EUR", "CNY", "7.8104")]
    chosen = choose_rate([inverse, *cross, direct], base="USD", quote="CNY", on=MONDAY)
    assert (chosen.way, chosen.rate) == (Way.DIRECT, Fraction(719, 100))
    chosen = choose_rate([inverse, *cross], base="USD", quote="CNY", on=MONDAY)
    assert (chosen.way, chosen.rate) == (Way.INVERSE, Fraction(100, 14))
    chosen = choose_rate(cross, base="USD", quote="CNY", on=MONDAY)
    assert (chosen.way, chosen.rate, chosen.rows) == (Way.CROSS, Fraction(78104, 10854), tuple(cross))
    assert chosen.rounded_text == "7.19587249"


def test_a_cross_joins_one_source_and_one_day():
    apart = [row("EUR", "USD", "1.08"), row("EUR", "CNY", "7.8", source="Bank")]
    assert choose_rate(apart, base="USD", quote="CNY", on=MONDAY) is None
    apart = [row("EUR", "USD", "1.08"), row("EUR", "CNY", "7.8", day=date(2026, 11, 1))]
    assert choose_rate(apart, base="USD", quote="CNY", on=MONDAY) is None


def test_the_latest_day_up_to_a_week_before_counts_and_never_a_later_one():
    rates = [row("USD", "EUR", "0.91", day=date(2026, 10, 26)), row("USD", "EUR", "0.95", day=date(2026, 11, 3))]
    assert choose_rate(rates, base="USD", quote="EUR", on=MONDAY).rate == Fraction(91, 100)
    assert choose_rate(rates, base="USD", quote="EUR", on=date(2026, 11, 3)).rate == Fraction(95, 100)
    assert choose_rate(rates[:1], base="USD", quote="EUR", on=date(2026, 11, 3)) is None


def test_the_latest_correction_counts():
    rates = [row("USD", "EUR", "0.92", revision=2), row("USD", "EUR", "0.91"), row("USD", "EUR", "0.93", revision=3)]
    assert choose_rate(rates, base="USD", quote="EUR", on=MONDAY).rate == Fraction(93, 100)


def test_equals_are_told_apart_by_name_whatever_their_order():
    rates = [row("USD", "EUR", "0.92", source="Zeta"), row("USD", "EUR", "0.91", source="Alpha")]
    for given in (rates, rates[::-1]):
        assert choose_rate(given, base="USD", quote="EUR", on=MONDAY).source == "Alpha"


@pytest.mark.parametrize(
    ("amount", "base", "quote", "rate", "rounding", "expected"),
    [
        (4000, "USD", "EUR", "0.9213", "half_up", 3685),  # S35: 36.852
        (-4000, "USD", "EUR", "0.9213", "half_up", -3685),
        (5, "USD", "EUR", "0.9", "half_up", 5),
        (5, "USD", "EUR", "0.9", "down", 4),
        (-5, "USD", "EUR", "0.9", "down", -4),
        (1000, "EUR", "JPY", "163.55", "half_up", 1636),
        (1000, "JPY", "KWD", "0.0020", "half_up", 2000),
    ],
)
def test_amounts_are_exchanged_exactly_and_rounded_once(amount, base, quote, rate, rounding, expected):
    chosen = choose_rate([row(base, quote, rate)], base=base, quote=quote, on=MONDAY)
    assert exchanged(amount, chosen, rounding=rounding) == expected
