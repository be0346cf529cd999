"""A subscriber and a job whose effect can be counted, and their naive twins that have no receipt and no lease.

The tables are made by the test itself (`create_tables`), so they exist in no migration.
"""

import os
import signal
import time
from dataclasses import dataclass
from random import random

from django.db import connections, models

from alliance.kernel.events import Event, subscribe, unsubscribe
from alliance.kernel.ids import new_id
from alliance.kernel.jobs import JobRow
from alliance.kernel.tenancy import PrivateModel, organization_scope
from alliance.kernel.tenancy.cursors import scoped_cursor
from alliance.kernel.tenancy.policies import _grants, _policies

ROOMS = 40


class Count(PrivateModel):
    """One effect: a lamp counted by somebody. Nothing unique here: doubles would show."""

    organization_id = models.UUIDField()
    lamp_id = models.CharField(max_length=40)
    counted_by = models.CharField(max_length=40)

    class Meta:
        app_label = "kernel"
        managed = False
        db_table = "tests_count"


class Round(PrivateModel, JobRow):
    """A job: walk through the rooms and count one lamp in each."""

    organization_id = models.UUIDField()
    lamp_id = models.CharField(max_length=40)

    class Meta(JobRow.Meta):
        app_label = "kernel"
        managed = False
        db_table = "tests_round"


def create_tables() -> None:
    """Both tables, with the policies and grants of their class."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("SELECT to_regclass('tests_count')")
        if cursor.fetchone()[0] is not None:
            return
    for model in (Count, Round):
        with owner.schema_editor() as editor:
            editor.create_model(model)
        table, tenancy = model._meta.db_table, model.tenancy
        users = {alias: connections[alias].settings_dict["USER"] for alias in ("default", "operator")}
        statements = [
            *_grants(table, tenancy, users["default"], users["operator"]),
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            *_policies(table, tenancy),
        ]
        with owner.cursor() as cursor:
            cursor.execute(";".join(statements))


def drop_tables() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS tests_count, tests_round")


@dataclass(frozen=True, slots=True, kw_only=True)
class LampSeen(Event):
    lamp_id: str


def _maybe_die() -> None:
    """At each named step the process may kill itself, as a power cut would."""
    if random() < float(os.environ.get("DEATH_RATE", "0")):
        os.kill(os.getpid(), signal.SIGKILL)


def on_lamp_seen(event, *, organization_id, now) -> None:
    """Counts inside the transaction of the receipt."""
    _maybe_die()
    Count.objects.create(organization_id=organization_id, lamp_id=event.lamp_id, counted_by="receipt")
    _maybe_die()


def on_lamp_seen_naively(event, *, organization_id, now) -> None:
    """The control: its effect commits by itself, beside the receipt, as a handler without the outbox's care would."""
    _naive_effect(organization_id, event.lamp_id, "naive")
    _maybe_die()
    time.sleep(0.01)
    _maybe_die()


def _naive_effect(organization_id, lamp_id, counted_by) -> None:
    import psycopg

    wanted = connections["operator"].get_connection_params()
    known = {key: wanted[key] for key in ("dbname", "user", "password", "host", "port") if wanted.get(key)}
    with psycopg.connect(**known) as beside:
        beside.execute(
            "INSERT INTO tests_count VALUES (%s, %s, %s, %s)", [new_id(), organization_id, lamp_id, counted_by]
        )


def walk(job_id, context) -> None:
    """Counts one lamp for each room, each in a step of its own, going on where the last step ended."""
    while True:
        with context.transaction():
            job = context.own_row().get()
            if job.done >= ROOMS:
                return
            Count.objects.create(organization_id=context.organization_id, lamp_id=job.lamp_id, counted_by="job")
            _maybe_die()
            context.report(job.done + 1, ROOMS)
        _maybe_die()


def counted(organization_id, counted_by) -> dict[str, int]:
    """How often each lamp was counted."""
    with organization_scope(organization_id), scoped_cursor() as cursor:
        cursor.execute("SELECT lamp_id, count(*) FROM tests_count WHERE counted_by = %s GROUP BY 1", [counted_by])
        return dict(cursor.fetchall())


def listen() -> None:
    subscribe(LampSeen, on_lamp_seen, name="tests.lamps", queue="events")
    subscribe(LampSeen, on_lamp_seen_naively, name="tests.naive_lamps", queue="events")


def stop_listening() -> None:
    unsubscribe("tests.lamps")
    unsubscribe("tests.naive_lamps")
