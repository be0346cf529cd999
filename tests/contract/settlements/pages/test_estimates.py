"""Estimated against actual on a statement: each difference leads to what made it, on the page and in the files."""

import csv
import io

import openpyxl
import pytest
from django.urls import reverse

from alliance.kernel.money import format_minor
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.exports.csv_file import write_csv
from settlements.exports.xlsx_file import write_xlsx
from settlements.models import Accrual, Statement
from tests.cast import signed_in
from tests.contract.settlements.pages.sales import (
    DECEMBER,
    FEBRUARY,
    JANUARY,
    MARCH,
    close,
    get,
    listed,
    sell,
    shows,
)
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(cast):
    """December: A 100.00, of which 10.00 comes back, B 50.00 charged back, C 30.00. January: C comes back, and so does 5.00 of A."""
    sell(
        cast,
        OrderOf(10000, occurred_at=DECEMBER, reference="A"),
        OrderOf(-1000, occurred_at=DECEMBER, kind="refund", reference="RA", refund_of="A"),
        OrderOf(5000, occurred_at=DECEMBER, reference="B"),
        OrderOf(-5000, occurred_at=DECEMBER, kind="chargeback", reference="CB", refund_of="B"),
        OrderOf(3000, occurred_at=DECEMBER, reference="C"),
    )
    close(cast, DECEMBER, now=JANUARY)
    sell(
        cast,
        OrderOf(2000, occurred_at=JANUARY, reference="D"),
        OrderOf(-3000, occurred_at=JANUARY, kind="refund", reference="RC", refund_of="C"),
        OrderOf(-500, occurred_at=JANUARY, kind="refund", reference="RA2", refund_of="A"),
        now=JANUARY,
    )
    return cast


def december_of(party):
    with organization_scope(party.id):
        return Statement.objects.filter(organization_id=party.id).order_by("starts_on")[0]


def lines_of(page):
    return {row.record.reference: row.record for row in page.context["table"].page.object_list}


@pytest.mark.parametrize("viewer", ["host", "north"])
def test_each_order_says_what_was_estimated_and_what_is_left(told, viewer):
    statement = december_of(told.north)
    page = get(signed_in(getattr(told, viewer).viewer), "statement", statement.id)
    lines = lines_of(page)
    said = {
        name: (line.estimate.estimated_minor, line.estimate.actual_minor, line.estimate.after_sale)
        for name, line in lines.items()
        if hasattr(line, "estimate")
    }
    assert said == {"A": (4000, 3600, "refunded_in_part"), "B": (2000, 0, "charged_back"), "C": (1200, 1200, None)}
    assert [(one.name, one.delta_minor) for one in lines["A"].estimate.changed] == [("RA", -400)]
    assert [(one.name, one.delta_minor) for one in lines["A"].estimate.later] == [("RA2", -200)]
    assert [(one.name, one.delta_minor) for one in lines["C"].estimate.later] == [("RC", -1200)]
    with organization_scope(told.north.id):
        made = list(Accrual.objects.filter(reference__in=["RA", "CB", "RC", "RA2"]).values_list("pk", flat=True))
    assert all(shows(page, reverse("portal:accrual_by_id", args=[pk])) for pk in made)


def test_the_figures_divide_the_share_and_lead_to_their_lines(told):
    statement = december_of(told.north)
    client = signed_in(told.north.viewer)
    page = get(client, "statement", statement.id)
    figures = page.context["estimate"]
    assert (figures.estimated_minor, figures.changed_minor, figures.actual_minor) == (7200, -2400, 4800)
    assert figures.share_minor == statement.share_minor == 4800
    assert page.context["today_minor"] == 4800 - 1200 - 200
    for show, figure in (("estimated", 7200), ("changed", -2400), ("earlier", 0), ("other", 0)):
        assert sum(listed(get(client, "statement", statement.id, show=show), "share_minor")) == figure
    [later] = page.context["later"]
    assert (later.delta_minor, later.statement_id) == (-1400, None)
    assert shows(
        page, f"{reverse('portal:statement_changes', args=[statement.id])}?period={later.period_id}", "still open"
    )


def test_a_later_statement_tells_changes_to_earlier_orders_apart(told):
    close(told, JANUARY, now=FEBRUARY)
    first = december_of(told.north)
    client = signed_in(told.north.viewer)
    with organization_scope(told.north.id):
        second = Statement.objects.get(previous_id=first.id)
    figures = get(client, "statement", second.id).context["estimate"]
    assert (figures.estimated_minor, figures.changed_minor, figures.earlier_minor) == (800, 0, -1400)
    assert figures.share_minor == second.share_minor
    assert listed(get(client, "statement", second.id, show="earlier"), "reference") == ["RA2", "RC"]
    [later] = get(client, "statement", first.id).context["later"]
    assert later.statement_id == second.id
    changes = get(client, "statement_changes", first.id, period=later.period_id)
    assert changes.context["total_minor"] == -1400
    rows = [row.record for row in changes.context["table"].page.object_list]
    assert {(row["name"], row["order_name"], row["delta_minor"]) for row in rows} == {
        ("RC", "C", -1200),
        ("RA2", "A", -200),
    }
    assert shows(changes, reverse("portal:statement", args=[second.id]))


def test_a_refund_that_names_no_order_is_told_apart(told):
    sell(told, OrderOf(-250, occurred_at=JANUARY, kind="refund", reference="R?"), now=JANUARY)
    close(told, JANUARY, now=FEBRUARY)
    with organization_scope(told.north.id):
        last = Statement.objects.filter(organization_id=told.north.id).order_by("-starts_on")[0]
    client = signed_in(told.north.viewer)
    figures = get(client, "statement", last.id).context["estimate"]
    assert (figures.earlier_minor, figures.other_minor, figures.share_minor) == (-1400, -100, last.share_minor)
    assert listed(get(client, "statement", last.id, show="other"), "reference") == ["R?"]


def test_nothing_changed_since_says_so_and_strangers_see_nothing(told):
    close(told, JANUARY, now=FEBRUARY)
    with organization_scope(told.north.id):
        last = Statement.objects.filter(organization_id=told.north.id).order_by("-starts_on")[0]
    assert shows(get(signed_in(told.north.viewer), "statement_changes", last.id), "Nothing has changed since")
    address = reverse("portal:statement_changes", args=[last.id])
    assert signed_in(told.south.owner).get(address).status_code == 404


def test_the_file_has_the_same_figures_and_stays_the_same_when_more_comes_back(told):
    statement = december_of(told.north)
    before = exported(told.north, statement)
    rows = list(csv.DictReader(io.StringIO(before.decode("utf-8-sig"), newline="")))
    said = {row["reference"]: (row["estimated"], row["actual"], row["after_sale"]) for row in rows if row["reference"]}
    assert said == {
        "A": ("40.00", "36.00", "refunded_in_part"),
        "RA": ("", "", ""),
        "B": ("20.00", "0.00", "charged_back"),
        "CB": ("", "", ""),
        "C": ("12.00", "12.00", ""),
    }
    assert (rows[-1]["estimated"], rows[-1]["actual"]) == (format_minor(7200, "EUR"), format_minor(4800, "EUR"))
    sell(told, OrderOf(-1000, occurred_at=JANUARY, kind="refund", reference="RA3", refund_of="A"), now=MARCH)
    assert exported(told.north, statement) == before


def test_the_workbook_says_the_same(told):
    statement = december_of(told.north)
    with organization_scope(told.north.id), atomic():
        write_xlsx(Statement.objects.get(pk=statement.id), file := io.BytesIO())
    rows = list(openpyxl.load_workbook(file).worksheets[0].values)
    assert [row[13:] for row in rows if row[0] == "line"] == [
        (40, 36, "refunded_in_part"),
        (20, 0, "charged_back"),
        (12, 12, None),
        (None, None, None),
        (None, None, None),
    ]
    assert rows[-1][13:] == (72, 48, None)


def exported(party, statement):
    with organization_scope(party.id):
        write_csv(Statement.objects.get(pk=statement.id), file := io.BytesIO())
    return file.getvalue()
