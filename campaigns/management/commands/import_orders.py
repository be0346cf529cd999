"""`manage.py import_orders FILE --alliance A --mapping M`: the portal's import, from the command line."""

import json
import time
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from alliance.kernel.actor import system_actor
from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError
from alliance.kernel.jobs import JobState
from alliance.kernel.jobs.registry import RegisteredJob
from alliance.kernel.jobs.running import run_job
from alliance.kernel.money import with_currency
from alliance.kernel.tenancy import across_organizations, organization_scope
from campaigns.domain.mapping import SCHEMA, Mapping, MappingError
from campaigns.domain.tally import Tally
from campaigns.models import ImportMapping, OrderImport
from campaigns.services.import_orders import import_orders
from campaigns.services.start_import import start_import
from campaigns.services.upload_order_file import upload_order_file
from partners.selectors import AllianceBrief, hosted_alliances

_POLL_SECONDS: Final = 1.0


class Command(BaseCommand):
    help = "Import a file of orders (CSV, CSV.gz or XLSX) into an alliance. The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--alliance", required=True, help="id or name of the alliance")
        parser.add_argument("--mapping", required=True, help="name of a saved mapping, or path of a mapping as JSON")
        parser.add_argument("--organization", help="id of the host, when several alliances have the name")

    def handle(self, *args: object, **options: Any) -> None:
        alliance = _alliance(options["alliance"], options["organization"])
        try:
            import_id = self._start(options["file"], alliance, options["mapping"])
            self._run(import_id, alliance.host_id)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        with organization_scope(alliance.host_id):
            order_import = OrderImport.objects.get(pk=import_id)
        if order_import.state != JobState.SUCCEEDED:
            raise CommandError(f"{order_import.error_code}: {order_import.error_detail}")
        self._report(order_import)

    def _start(self, path: Path, alliance: AllianceBrief, mapping: str) -> UUID:
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        actor, now = system_actor(alliance.host_id, label="command line"), utc_now()
        with path.open("rb") as content, organization_scope(alliance.host_id):
            file_id = upload_order_file(actor=actor, name=path.name, content=File(content), now=now)
            return start_import(
                actor=actor, file_id=file_id, alliance_id=alliance.id, mapping=_mapping(mapping), now=now
            )

    def _run(self, import_id: UUID, host_id: UUID) -> None:
        """Run the job here; when a worker was quicker, wait for it."""
        job = RegisteredJob(OrderImport, partial(import_orders, progress=self._progress), "events")
        if run_job(job, import_id, organization_id=host_id):
            return
        while True:
            with organization_scope(host_id):
                order_import = OrderImport.objects.get(pk=import_id)
            if order_import.is_finished:
                return
            self._progress(order_import.done, order_import.total)
            time.sleep(_POLL_SECONDS)

    def _progress(self, done: int, total: int) -> None:
        self.stdout.write(f"{done:,} of {total:,} rows")

    def _report(self, order_import: OrderImport) -> None:
        tally = Tally.from_json(order_import.tally)
        currency = Mapping.from_json(order_import.mapping).currency
        self.stdout.write(f"import {order_import.pk}")
        self.stdout.write(f"rows {tally.rows:,}, orders new {tally.orders_new:,}, already there {tally.orders_known:,}")
        self.stdout.write(f"orders refused {tally.orders_rejected:,}, changed {tally.orders_changed:,}")
        for kind, orders, sum_minor in tally.kinds():
            self.stdout.write(f"{kind} {orders:,}: {with_currency(sum_minor, currency)}")
        self.stdout.write(f"sum {with_currency(tally.total_minor, currency)}, of 0.00: {tally.orders_zero:,}")
        for code, count in sorted(tally.issues.items()):
            self.stdout.write(f"error {code}: {count:,}")


def _alliance(wanted: str, organization: str | None) -> AllianceBrief:
    with across_organizations(reason="the command line names an alliance of any host"):
        found = [
            alliance
            for alliance in hosted_alliances()
            if wanted in {str(alliance.id), alliance.name} and organization in {None, str(alliance.host_id)}
        ]
    if len(found) != 1:
        raise CommandError(f"{len(found)} alliances fit {wanted!r}; name one by its id, or its host by --organization.")
    return found[0]


def _mapping(wanted: str) -> Mapping:
    """A saved mapping of the open scope by name, else a JSON file."""
    saved = ImportMapping.objects.filter(name=wanted).values_list("spec", flat=True).first()
    try:
        if saved is not None:
            return Mapping.from_json(saved)
        return Mapping.from_json({"schema": SCHEMA} | json.loads(Path(wanted).read_text(encoding="utf-8")))
    except OSError as error:
        raise CommandError(f"There is neither a saved mapping nor a file {wanted!r}.") from error
    except (MappingError, ValueError, TypeError) as error:
        raise CommandError(f"The mapping {wanted!r} can't be used: {error}") from error
