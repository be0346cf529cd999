"""Where code may stand and what it may touch. The import rules are import-linter's (pyproject.toml)."""

import ast

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.sources import called_name, calls, python_sources

LAYERS = ("kernel", "demo", "partners", "audience", "recsys", "campaigns", "settlements")

WRITES = {"save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "delete", "update"}
MAY_WRITE = {
    "alliance/kernel/audit.py": "the audit trail is written by record()",
    "alliance/kernel/events.py": "publish() writes the outbox",
    "alliance/kernel/idempotency.py": "remembers API answers",
    "alliance/kernel/tasks.py": "heartbeats",
    "alliance/kernel/scheduling.py": "slots of scheduled jobs",
    "partners/access/models.py": "Django's session protocol",
    "partners/models/users.py": "Django's user manager protocol",
}
MAY_WRITE_FOLDERS = {
    "alliance/kernel/outbox/": "messages and deliveries",
    "alliance/kernel/jobs/": "claims and finishes job rows",
    "alliance/demo/": "the demo's people and mails",
}

ACROSS = {
    "alliance/demo/management/commands/real_run.py": "must find an empty database",
    "alliance/doctor.py": "looks at the whole installation",
    "alliance/kernel/http/middleware.py": "the operator console",
    "alliance/kernel/idempotency.py": "forgets old keys of every organization",
    "alliance/kernel/jobs/sweeping.py": "the sweeper looks at every organization's jobs",
    "alliance/kernel/outbox/relay.py": "the relay claims every organization's deliveries",
    "alliance/kernel/outbox/upkeep.py": "retries and forgets deliveries",
    "alliance/kernel/scheduling.py": "slots belong to the installation",
    "alliance/kernel/tasks.py": "the task base for operator jobs",
    "alliance/kernel/tenancy/scope.py": "defines it",
    "alliance/metrics.py": "gauges count over all organizations",
    "campaigns/management/commands/import_orders.py": "the command line names an alliance of any host",
    "partners/agreements/copies/checking.py": "the command line is given a copy of any agreement",
    "partners/agreements/services/forget_loose_files.py": "the clock forgets every organization's loose files",
    "partners/agreements/services/end_due_agreements.py": "the clock ends every organization's agreements",
    "partners/agreements/services/remind_parties.py": "the clock reminds parties of every organization",
    "partners/agreements/services/renew_due_versions.py": "the clock notes every organization's renewals",
    "partners/catalogue/feeds/services/forget_feed_fetches.py": "the clock forgets every organization's old fetches",
    "partners/catalogue/feeds/services/queue_due_feeds.py": "the clock fetches every organization's feeds",
    "partners/access/services/end_overdue_viewings.py": "the clock ends every organization's views",
    "partners/management/commands/create_operator.py": "operators belong to no organization",
    "partners/webhooks/services/claim_due.py": "endpoints of every organization wait in one line",
    "partners/webhooks/services/forget_old.py": "the clock forgets every organization's old log",
    "partners/webhooks/services/take_turn.py": "senders belong to the installation",
    "settlements/answers/services/accept_silent_statements.py": "the clock accepts statements of every organization",
    "settlements/answers/services/remind_of_silence.py": "the clock reminds partners of every organization",
    "settlements/services/accrue_waiting.py": "the clock accrues every host's orders that wait for a rate",
    "settlements/auditing/services/audit_books.py": "the clock compares the books of every host",
    "settlements/management/commands/export_ledger.py": "the command line names an alliance of any host",
    "settlements/management/commands/verify_ledger.py": "the command line verifies the books of every host",
    "settlements/payouts/services/claim_payouts.py": "payouts of every host wait in one line",
    "settlements/payouts/services/prepare_due_batches.py": "the clock prepares every host's payouts",
    "settlements/payouts/services/hear_gateway.py": "a gateway's message names a payout, not its host",
    "settlements/proof/services/seal_books.py": "the clock seals every organization's books",
    "settlements/services/follow_terms.py": "the clock follows the terms of every organization's agreements",
    "settlements/services/close_due_periods.py": "the clock closes every organization's months",
    "settlements/services/deliver_exports.py": "the clock serves every organization's schedules",
    "settlements/services/expire_exports.py": "the clock forgets every organization's files",
    "settlements/banking/services/forget_bank_files.py": "the clock forgets every organization's unused bank files",
}


def _touches_rows(call: ast.Call) -> bool:
    """Whether a call writes through the ORM: `x.save()`, `M.objects….update()`, never `dict.update()`."""
    name = called_name(call)
    if name not in WRITES or not isinstance(call.func, ast.Attribute):
        return False
    chain = ast.unparse(call.func.value)
    is_file = chain.endswith(("storage", "file", "form"))
    return "objects" in chain or (name == "save" and not is_file) or name.startswith("bulk_")


def _may_write(path: str) -> bool:
    return "/services/" in path or path in MAY_WRITE or path.startswith(tuple(MAY_WRITE_FOLDERS))


def test_only_services_write():
    offenders = [
        f"{source.path}:{call.lineno} {ast.unparse(call.func)}"
        for source in python_sources()
        if not source.is_migration and not _may_write(source.path)
        for call in calls(source)
        if _touches_rows(call)
    ]
    assert offenders == []


def test_the_operators_view_is_opened_only_where_listed():
    users = {
        source.path
        for source in python_sources()
        if any(called_name(call) == "across_organizations" for call in calls(source))
    }
    assert users - set(ACROSS) == set()


def test_every_opening_of_the_operators_view_says_why():
    for source in python_sources():
        for call in calls(source):
            if called_name(call) == "across_organizations":
                assert any(keyword.arg == "reason" for keyword in call.keywords), f"{source.path}:{call.lineno}"


def test_transactions_follow_the_scope():
    offenders = [
        f"{source.path}:{call.lineno}"
        for source in python_sources()
        if not source.path.startswith("alliance/kernel/tenancy/")
        for call in calls(source)
        if ast.unparse(call.func) == "transaction.atomic" and not any(k.arg == "using" for k in call.keywords)
    ]
    assert offenders == []


@pytest.mark.parametrize("layer", LAYERS)
def test_foreign_keys_point_downwards(layer):
    allowed = set(LAYERS[: LAYERS.index(layer) + 1])
    for model in apps.get_app_config(layer).get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey) and field.related_model._meta.app_label in LAYERS:
                assert field.related_model._meta.app_label in allowed, f"{model._meta.label}.{field.name}"


def test_no_own_signals():
    for source in python_sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert not (node.module == "django.dispatch" and {a.name for a in node.names} & {"Signal"}), source.path


def test_a_service_module_has_one_public_function():
    for source in python_sources():
        folder, _, name = source.path.rpartition("/")
        if not folder.endswith("/services") or name == "__init__.py":
            continue
        public = [n.name for n in source.tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
        assert 1 <= len(public) <= 4, f"{source.path} offers {public}"
        assert name.removesuffix(".py") in public or any(p.startswith(name.removesuffix(".py")) for p in public), (
            f"{source.path} has no function of its own name: {public}"
        )


SPEAKS_HTTP = ("requests", "urllib", "urllib3", "http.client", "httpx", "aiohttp", "ftplib", "pycurl")
MAY_SPEAK_HTTP = {
    "alliance/demo/gateway.py": "the sandbox bank is another party: it tells the address that it was started with",
    "alliance/demo/ports.py": "asks the demo's own portal on loopback whether it is up",
}


def _imported(source) -> set[str]:
    names = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _is_http(name: str) -> bool:
    return not name.startswith("urllib.parse") and any(name == m or name.startswith(f"{m}.") for m in SPEAKS_HTTP)


def test_only_the_guarded_client_speaks_http():
    offenders = {
        source.path
        for source in python_sources()
        if not source.path.startswith("alliance/kernel/http/outgoing/") and any(map(_is_http, _imported(source)))
    }
    assert offenders == set(MAY_SPEAK_HTTP), "Send it with alliance.kernel.http.outgoing, which looks where it leads."
