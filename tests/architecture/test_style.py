"""Habits that a linter doesn't know."""

import ast
import re

import pytest

from tests.architecture.sources import ROOT, called_name, calls, python_sources, templates

HOME_MADE = {"utils", "helpers", "manager", "common", "misc", "util", "helper", "managers"}
MONEY = ("alliance/kernel/money", "settlements/", "campaigns/domain/", "partners/domain/", "partners/catalogue/domain/")
FLOAT_IS_FINE = {
    "settlements/exports/xlsx.py": "the XLSX format stores numbers as IEEE doubles; written from exact minor units",
}
MAY_BE_LONG = {
    "alliance/settings.py": "one settings module",
    "settlements/proof/alliance_verify.py": "one file, which a partner downloads, reads and runs alone",
}


def test_names_say_what_is_inside():
    for source in python_sources():
        stem = source.path.rpartition("/")[2].removesuffix(".py")
        assert stem not in HOME_MADE, source.path


def test_modules_stay_small():
    for source in python_sources():
        if not source.is_migration and source.path not in MAY_BE_LONG:
            assert source.lines <= 400, f"{source.path} has {source.lines} lines"


def test_functions_fit_a_screen():
    for source in python_sources():
        if source.is_migration:
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                assert length <= 45, f"{source.path}:{node.lineno} {node.name} is {length} lines long"


def test_no_float_in_money():
    for source in python_sources():
        if not source.path.startswith(MONEY) or source.path in FLOAT_IS_FINE or source.is_migration:
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Constant):
                assert not isinstance(node.value, float), f"{source.path}:{node.lineno} has a float literal"
            if isinstance(node, ast.Call):
                assert called_name(node) != "float", f"{source.path}:{node.lineno} calls float()"
            if isinstance(node, ast.Attribute):
                assert node.attr != "FloatField", f"{source.path}:{node.lineno}"


def _task_functions():
    for source in (s for s in python_sources() if s.path.endswith("tasks.py")):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef) and any("task" in ast.unparse(d).lower() for d in node.decorator_list):
                yield source.path, node


def test_celery_carries_only_ids():
    for path, node in _task_functions():
        for argument in [*node.args.args, *node.args.kwonlyargs]:
            if argument.arg == "self" or argument.annotation is None:
                continue
            kind = ast.unparse(argument.annotation)
            assert kind in {"str", "int"}, f"{path}:{node.lineno} {argument.arg}: {kind}"


WRITES_CSV = {
    "alliance/demo/orders.py": "a shop's file, for the import to read",
    "alliance/kernel/spreadsheets/error_file.py": "every foreign cell goes through inert()",
    "partners/catalogue/pages/templates_to_fill.py": "the template, whose cells are our own",
    "campaigns/pages/imports.py": "the template, whose cells are our own",
    "settlements/banking/writers/batch_csv.py": "every text goes through cells.inert()",
    "settlements/exports/csv_file.py": "the lines are PostgreSQL's; every further cell goes through cells.inert()",
    "settlements/exports/audit_file.py": "every cell goes through cells.inert()",
}


def test_csv_is_written_only_where_listed():
    writers = {
        source.path
        for source in python_sources()
        if any(ast.unparse(call.func) in {"csv.writer", "csv.DictWriter"} for call in calls(source))
    }
    assert writers == set(WRITES_CSV), "a cell may be a formula: say here why it can't be"


def test_nothing_is_left_to_do():
    for source in python_sources():
        assert not re.search(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError", source.text), source.path


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("|safe", re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off")),
        (
            "an inline script",
            re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", re.IGNORECASE),
        ),
        ("an inline style sheet", re.compile(r"<style\b", re.IGNORECASE)),
        ("an inline handler", re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE)),
        ("a javascript: link", re.compile(r"javascript:", re.IGNORECASE)),
    ],
)
def test_templates_keep_the_content_security_policy(what, pattern):
    for path, text in templates():
        if path.endswith(".html"):
            found = pattern.search(text)
            assert not found, f"{path} has {what}: {found.group(0) if found else ''}"


def test_every_key_of_the_environment_is_in_the_example():
    readers = {"text", "flag", "whole_number", "whole_numbers", "words", "networks"}
    keys = set()
    for source in python_sources():
        if source.path not in {"alliance/settings.py", "alliance/logging.py"}:
            continue
        for call in calls(source):
            if called_name(call) in readers and call.args and isinstance(call.args[0], ast.Constant):
                keys.add(str(call.args[0].value))
    listed = set(
        re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert keys - listed == set()


def test_the_project_speaks_of_itself_alone():
    machine = re.compile(r"(?<![\w.])/(?:work|root|farm)/|p[y]pi\.org|pythonhost[e]d|registry\.npm[j]s|deb\.debi[a]n")
    names = (ROOT / ".gitignore").read_text(encoding="utf-8") and [
        *ROOT.glob("*.*"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("*/**/*.py"),
        *ROOT.glob("templates/**/*.html"),
        ROOT / "Makefile",
    ]
    for file in names:
        parts = file.relative_to(ROOT).parts
        if (
            not file.is_file()
            or parts[0] in {".git", ".venv", "node_modules", ".local"}
            or file.suffix in {".png", ".gz"}
        ):
            continue
        found = machine.search(file.read_text(encoding="utf-8", errors="ignore"))
        assert not found, f"{file.relative_to(ROOT)}: {found.group(0) if found else ''}"
