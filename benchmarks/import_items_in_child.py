"""Imports of items in a process of its own, so that its memory is its own: `python -m benchmarks.import_items_in_child FILE…`.

The files go into one new organization's catalogue, one after the other. Prints one `Sample` of the last one as JSON.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import django

django.setup()

from django.core.files import File  # noqa: E402  Django must be ready first
from django.db import connections  # noqa: E402

from alliance.kernel.clock import utc_now  # noqa: E402
from alliance.kernel.jobs.registry import registered_job  # noqa: E402
from alliance.kernel.jobs.running import run_job  # noqa: E402
from alliance.kernel.tenancy import organization_scope  # noqa: E402
from benchmarks.import_items import MAPPING  # noqa: E402
from benchmarks.measure import Sample, timed  # noqa: E402
from partners.catalogue.domain.tally import ItemTally  # noqa: E402
from partners.catalogue.models import ItemImport  # noqa: E402
from partners.catalogue.services.start_item_import import start_item_import  # noqa: E402
from partners.catalogue.services.upload_item_file import upload_item_file  # noqa: E402
from tests.cast import Party, alliance_of, host_organization, join, partner_organization  # noqa: E402


def import_file(owner: Party, path: Path) -> Sample:
    """Upload the file, then time the job that imports it."""
    with path.open("rb") as content, organization_scope(owner.id):
        now = utc_now()
        file_id = upload_item_file(actor=owner.system, name=path.name, content=File(content), now=now)
        import_id = start_item_import(actor=owner.system, file_id=file_id, mapping=MAPPING, now=now)

    def run() -> int:
        assert run_job(registered_job("partners.itemimport"), import_id, organization_id=owner.id)
        with organization_scope(owner.id):
            tally = ItemTally.from_json(ItemImport.objects.get(pk=import_id).tally)
        assert tally.refused == 0, tally
        return tally.rows

    connections["default"].ensure_connection()
    return timed(run, backend_pid=connections["default"].connection.info.backend_pid)


if __name__ == "__main__":
    offering = partner_organization(name="Owner")
    join(alliance_of(host_organization()), offering)
    for name in sys.argv[1:]:
        sample = import_file(offering, Path(name))
    print(json.dumps(asdict(sample)))
