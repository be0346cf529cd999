"""Money, shares and times as people read them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from alliance.portal.templatetags.money import money, number, percent, share
from alliance.portal.templatetags.portal import month_name, short_month


@pytest.mark.parametrize(
    ("language", "amount", "currency", "shown"),
    [
        ("en", 123456, "GBP", "£1,234.56"),
        ("en", -6000, "GBP", "-£60.00"),
        ("en", 123456, "CNY", "CN¥1,234.56"),
        ("zh-hans", 123400, "CNY", "¥1,234.00"),
        ("zh-hans", 123400, "GBP", "£1,234.00"),
        ("zh-hans", 1234, "JPY", "JP¥1,234"),
        ("en", 1234, "BHD", "BHD\xa01.234"),
        ("en", 0, "EUR", "€0.00"),
        ("en", 90071992547409931, "USD", "$900,719,925,474,099.31"),
        ("en", None, "USD", "–"),
    ],
)
def test_money(language, amount, currency, shown):
    with translation.override(language):
        assert money(amount, currency) == shown


@pytest.mark.parametrize(
    ("value", "exact", "rounded"),
    [
        (Fraction(3, 5), "60%", "60%"),
        (Fraction(1, 3), "1/3", "33.3333%"),
        (Fraction(5, 8), "62.5%", "62.5%"),
        (Decimal("0.125"), "12.5%", "12.5%"),
        (None, "–", "–"),
    ],
)
def test_shares(value, exact, rounded):
    with translation.override("en"):
        assert share(value) == exact
        assert percent(value) == rounded


def test_counts_have_the_languages_grouping():
    with translation.override("zh-hans"):
        assert number(541909) == "541,909"


def test_months():
    with translation.override("en"):
        assert (month_name("2011-12"), short_month(date(2011, 12, 9))) == ("December 2011", "Dec 2011")
    with translation.override("zh-hans"):
        assert (month_name("2011-12"), short_month("2011-12")) == ("2011年12月", "2011年12月")


def render(source, **context):
    return Template("{% load portal %}" + source).render(Context(context))


def test_time_is_on_the_given_clock_with_iso_in_the_title():
    instant = datetime(2026, 6, 30, 16, 30, tzinfo=UTC)
    with translation.override("en"):
        shown = render('{% local_time at "Asia/Shanghai" %}', at=instant)
    assert 'datetime="2026-07-01T00:30:00+08:00"' in shown
    assert 'title="2026-07-01T00:30:00+08:00 Asia/Shanghai"' in shown
    assert "Jul 1, 2026" in shown


def test_day_of_an_instant_is_the_zones_day():
    instant = datetime(2026, 6, 30, 16, 30, tzinfo=UTC)
    with translation.override("zh-hans"):
        assert "2026年7月1日" in render('{% local_day at "Asia/Shanghai" %}', at=instant)
        assert "2026年6月30日" in render('{% local_day at "UTC" %}', at=instant)


def test_query_keeps_the_rest_and_drops_what_is_empty():
    request = RequestFactory().get("/", {"page": "2", "q": "a&b", "state": "open"})
    assert render('{% query page=3 state="" %}', request=request) == "?page=3&amp;q=a%26b"


def test_icons_are_hidden_from_assistive_technology():
    drawn = render('{% icon "house" 16 "me-1" %}')
    assert drawn.startswith("<svg")
    assert 'aria-hidden="true"' in drawn
    assert 'class="icon me-1"' in drawn
