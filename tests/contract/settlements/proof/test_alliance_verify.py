"""The verifier that shares no code with the engine agrees with it under every kind of terms, and names what was changed."""

import ast
import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from alliance.kernel.tenancy import atomic, organization_scope
from settlements.exports.journals import digests_of, journals_of, seals_of, unsealed_of
from settlements.models import Statement
from settlements.proof import alliance_verify
from settlements.proof.alliance_verify import UnreadableError, main, verify
from tests.cast import partner_organization
from tests.contract.settlements.proof.evidence import evidence_bytes, evidence_of
from tests.contract.settlements.proof.worlds import WORLDS, closed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", WORLDS)
def test_it_agrees_with_every_partys_statement(db, name):
    market = closed(WORLDS[name])
    statements = statements_of(market)
    assert len(statements) > 1
    assert browsers_verdicts(evidence_of(statement) for statement in statements) == ["same"] * len(statements)
    for statement in statements:
        check = verify(evidence_of(statement))
        assert (check.differences, check.unverified) == ([], [])
        assert check.verdict == "same"
        assert check.computed_lines == statement.line_count > 0


BROWSER = """
import { createInterface } from "node:readline";
const { verify, UnreadableError } = await import(process.argv[1]);
for await (const line of createInterface({ input: process.stdin })) {
  let said = "unreadable";
  try {
    said = verify(line).verdict;
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
  }
  console.log(said);
}
"""


def browsers_verdicts(evidences):
    """What the browser's module says of each, run by Node: the page itself is looked at in tests/browser."""
    program = Path(settings.BASE_DIR) / "static" / "portal" / "statement_verifier.js"
    source = program.read_bytes()
    address = f"data:text/javascript;base64,{base64.b64encode(source).decode()}"
    command = [shutil.which("node"), "--input-type=module", "--eval", BROWSER, address]
    lines = "\n".join(json.dumps(evidence) for evidence in evidences)
    run = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    return run.stdout.split("\n")[:-1]


def statements_of(market):
    with organization_scope(market.host.id):
        return list(Statement.objects.select_related("organization").order_by("number"))


RICH = {
    "items, countries, new persons, first sales, days": "north",
    "graduated tiers": "north",
    "a cap": "north",
}


def leaves(value, path=()):
    """Every text and number of the evidence, with its place."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves(inner, (*path, place))
    elif value not in ("", None):
        yield path, value


def changed(value):
    """The same with one character that is another."""
    if isinstance(value, int):
        return value + 1
    place = len(value) // 2
    other = "0" if value[place] != "0" else "1"
    return value[:place] + other + value[place + 1 :]


def planted(evidence, path):
    """A copy of the evidence with one change."""
    copy = json.loads(json.dumps(evidence))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = changed(inner[path[-1]])
    return copy


@pytest.mark.parametrize("name", RICH)
def test_each_change_of_a_character_is_named(db, name):
    market = closed(WORLDS[name])
    evidence = evidence_of(market.statement(1))
    unnoticed = []
    unreadable = set()
    changes = {path: planted(evidence, path) for path, _ in leaves(evidence)}
    for path, change in changes.items():
        try:
            check = verify(change)
        except UnreadableError:
            unreadable.add(path)
            continue
        if not check.differences:
            unnoticed.append((path, check.verdict))
    assert unnoticed == []
    assert unreadable == {("evidence",)}
    browser = dict(zip(changes, browsers_verdicts(changes.values()), strict=True))
    assert {path: said for path, said in browser.items() if said != "different"} == {("evidence",): "unreadable"}


def test_it_needs_nothing_but_the_standard_library():
    """A partner runs this one file; it can't be agreed with by code that it shares."""
    tree = ast.parse(Path(alliance_verify.__file__).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert imported <= set(sys.stdlib_module_names)


class Told:
    """What the program says of evidence in a file, and its exit code."""

    def __init__(self, tmp_path, capsys) -> None:
        self.path, self.capsys = tmp_path / "evidence.json", capsys

    def __call__(self, evidence, *more) -> tuple[int, str]:
        text = evidence if isinstance(evidence, str) else json.dumps(evidence)
        self.path.write_text(text, encoding="utf-8")
        return main([str(self.path), *more]), self.capsys.readouterr().out


@pytest.fixture
def told(tmp_path, capsys):
    return Told(tmp_path, capsys)


def test_the_program_says_same_or_names_line_field_expected_and_found(db, told):
    evidence = evidence_of(closed(WORLDS["a plain split"]).statement(1))
    code, said = told(evidence, "--head", evidence["chain"]["head"])
    assert code == 0
    assert said.endswith("same\n")
    assert f"head of the chain to keep: {evidence['chain']['head']}" in said
    assert "7 of 7 lines recomputed" in said
    share = evidence["lines"][1]["share_minor"]
    evidence["lines"][1]["share_minor"] += 1
    code, said = told(evidence)
    assert code == 1
    assert f"DIFFERENT. First: line 2, share_minor: expected {share}, found {share + 1}" in said
    assert "then: statement, lines_root" in said


def test_a_head_that_was_kept_is_compared(db, told):
    evidence = evidence_of(closed(WORLDS["a plain split"]).statement(1))
    number, _, head = evidence["chain"]["head"].partition(":")
    other = head.replace(head[0], "0" if head[0] != "0" else "1")
    code, said = told(evidence, "--head", f"{number}:{other}")
    assert (code, f"head of seal {number}: expected {other}, found {head}" in said) == (1, True)
    code, said = told(evidence, "--head", f"999:{head}")
    assert (code, "is not part of the evidence" in said) == (3, True)


@pytest.mark.parametrize("text", ["{", "[]", '{"evidence": 2}', '{"evidence": 1}', '{"evidence": 1, "statement": {}}'])
def test_what_is_no_evidence_is_unreadable(told, text):
    code, said = told(text)
    assert (code, said.startswith("UNREADABLE")) == (2, True)


def test_what_it_cannot_compute_is_never_called_the_same(db, told):
    """A correction is a decision of people; under later terms a refund can't be followed."""
    evidence = evidence_of(closed(WORLDS["a plain split"]).statement(1))
    for event in evidence["events"]:
        if event["takes_back"]:
            event["facts"] = '{"taken_minor": 0, "ruled_by": "x"}'
    code, said = told(evidence)
    assert code == 1
    assert "not verified: event" in said
    assert "later terms rule its order, which are not in the evidence" in said


def test_evidence_is_the_same_file_each_time(db):
    statement = closed(WORLDS["a waterfall among four"]).statement(1)
    assert evidence_bytes(statement) == evidence_bytes(statement)


def test_partners_see_no_journal_that_names_another_partner(db):
    """What a conversion gave others follows from terms and events; what is released to others is theirs alone."""
    market = closed(WORLDS["a waterfall among four"])
    journals = evidence_of(market.statement(1))["chain"]["journals"]
    others = {str(party.id) for party in market.others}
    named = {journal["kind"] for journal in journals if others & {entry[2] for entry in journal["entries"]}}
    assert (named, {journal["kind"] for journal in journals}) == (
        {"accrual", "accrual_refund"},
        {"accrual", "accrual_refund", "release"},
    )
    hosts = evidence_of(closed(WORLDS["a reserve"]).statement(1))["chain"]["journals"]
    assert {journal["kind"] for journal in hosts} == {"accrual", "release", "reserve"}


def test_strangers_have_no_proof(db):
    market = closed(WORLDS["a plain split"])
    statement, stranger = market.statement(1), partner_organization(name="Stranger")
    with organization_scope(stranger.id), atomic():
        assert (list(seals_of(statement.id)), list(journals_of(statement.id))) == ([], [])
        assert (digests_of(statement.id, 1, 100), unsealed_of(statement.id)) == (b"", 0)
