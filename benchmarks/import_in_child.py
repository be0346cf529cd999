"""One import in a process of its own, so that its memory is its own: `python -m benchmarks.import_in_child FILE CODES`.

`CODES` is a JSON list of partner codes. Prints one `Sample` as JSON; only the job is timed.
"""

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

import django

django.setup()

from django.core.files import File  # noqa: E402  Django must be ready first
from django.db import connections  # noqa: E402

from alliance.kernel.clock import utc_now  # noqa: E402
from alliance.kernel.jobs.registry import registered_job  # noqa: E402
from alliance.kernel.jobs.running import run_job  # noqa: E402
from alliance.kernel.tenancy import organization_scope  # noqa: E402
from benchmarks.measure import timed  # noqa: E402
from campaigns.domain.mapping import Mapping  # noqa: E402
from campaigns.domain.tally import Tally  # noqa: E402
from campaigns.models import OrderImport  # noqa: E402
from campaigns.services.start_import import start_import  # noqa: E402
from campaigns.services.upload_order_file import upload_order_file  # noqa: E402
from tests.cast import alliance_of, host_organization, join, partner_organization, signed_agreement  # noqa: E402

BEFORE_ALL = date(2010, 1, 1)


def import_file(path: Path, codes: list[str], mapping: Mapping) -> None:
    """Import into an alliance of its own, whose partners all have agreements."""
    host = host_organization()
    alliance = alliance_of(host)
    for code in codes:
        partner = partner_organization(name=code)
        join(alliance, partner, code=code)
        signed_agreement(alliance, [(host, "3/5"), (partner, "2/5")], currency="GBP", effective_from=BEFORE_ALL)
    with path.open("rb") as content, organization_scope(host.id):
        now = utc_now()
        file_id = upload_order_file(actor=host.system, name=path.name, content=File(content), now=now)
        import_id = start_import(actor=host.system, file_id=file_id, alliance_id=alliance.id, mapping=mapping, now=now)

    def run() -> int:
        assert run_job(registered_job("campaigns.orderimport"), import_id, organization_id=host.id)
        with organization_scope(host.id):
            tally = Tally.from_json(OrderImport.objects.get(pk=import_id).tally)
        assert tally.rows == tally.lines_new
        return tally.rows

    connections["default"].ensure_connection()
    print(json.dumps(asdict(timed(run, backend_pid=connections["default"].connection.info.backend_pid))))


if __name__ == "__main__":
    import_file(Path(sys.argv[1]), json.loads(sys.argv[2]), Mapping.from_json(json.loads(sys.argv[3])))
