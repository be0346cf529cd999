"""The real run on a small file of the same shape: its statements, its books, its recomputation."""

import gzip
import json
from datetime import UTC, date, datetime

import pytest

from alliance.real_run.recomputation import StatementRow, recompute
from alliance.real_run.run import run
from alliance.real_run.source import UnreadableSourceError, demo_source, read_source

NOW = datetime(2012, 2, 1, tzinfo=UTC)
FILE = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,A,MUG,3,2010-12-01 08:26:00,0.335,17850,United Kingdom
1,B,"LAMP, RED",1,2010-12-01 08:26:00,2.55,17850,United Kingdom
2,A,MUG,1,2010-12-31 23:59:00,9.99,,EIRE
C3,A,MUG,-1,2011-01-01 00:00:00,9.99,,EIRE
4,Z,SAMPLE,5,2011-01-02 10:00:00,0,,EIRE
A5,B,BAD DEBT,1,2011-01-03 10:00:00,-11062.06,,United Kingdom
6,A,MUG,1,2011-06-30 23:30:00,0.01,,France
"""
STATEMENTS = [
    StatementRow("2010-12", "EIRE", "GBP", 1, 0, 999, 400, 599),
    StatementRow("2010-12", "United Kingdom", "GBP", 1, 0, 356, 142, 214),
    StatementRow("2011-01", "EIRE", "GBP", 1, 1, -999, -400, -599),
    StatementRow("2011-01", "United Kingdom", "GBP", 1, 0, -1106206, -442482, -663724),
    StatementRow("2011-06", "France", "GBP", 1, 0, 1, 0, 1),
]


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(gzip.compress(FILE.encode()))
    return read_source(path)


def test_the_file_is_understood(source):
    assert source.partners == ("EIRE", "France", "United Kingdom")
    assert source.first_day == date(2010, 12, 1)
    assert recompute(source).rows == STATEMENTS


def test_the_whole_way(committed, source, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    outcome = run(source, out, now=NOW, say=lambda _: None)
    assert outcome.failures == []
    written = (out / "statements.csv").read_text().splitlines()
    assert written[0] == "period,partner,currency,orders,refunds,net_minor,partner_share_minor,host_share_minor"
    assert written[1:] == [",".join(map(str, row)) for row in STATEMENTS]
    summary = json.loads((out / "summary.json").read_text())
    assert summary["totals"]["partner_statements"] == 5
    assert summary["totals"]["ledger_sum_minor"] == {"GBP": 0}
    assert [stage["name"] for stage in summary["stages"]][:4] == [
        "found organizations and sign agreements",
        "import orders",
        "accrue",
        "close months",
    ]
    assert (out / "ledger.beancount").stat().st_size
    assert (out / "ledger.journal").stat().st_size


def test_the_demos_orders_can_go_the_same_way(tmp_path):
    source = demo_source(tmp_path, today=date(2026, 3, 10))
    assert source.mapping.currency == "CNY"
    assert recompute(source).orders > 100


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UnreadableSourceError):
        read_source(path)
