"""Imported in the workers of the clock: `PLACES` each kill the first worker that comes, in schedules of files and the audit.

Both run each second here, on whichever worker is free. `DEATHS` is a folder that remembers who has died. Never imported by a test
itself but for `PLACES`: it changes the modules for good where `DEATHS` is set.
"""

import os
from datetime import timedelta

from alliance.kernel.jobs import running
from alliance.kernel.scheduling import scheduled
from settlements.auditing.services import audit_books
from settlements.services import deliver_exports, run_export
from tests.races.settlements.deaths import die_once

PLACES = ("file_queued", "schedule_done", "file_stored", "file_committed", "discrepancy_seen", "books_kept")


def _mortal(module, name, *, before="", after=""):
    works = getattr(module, name)

    def call(*args, **kwargs):
        if before:
            die_once(before)
        result = works(*args, **kwargs)
        if after:
            die_once(after)
        return result

    setattr(module, name, call)


if "DEATHS" in os.environ:
    _mortal(deliver_exports, "create_export", after="file_queued")
    _mortal(deliver_exports, "_deliver", after="schedule_done")
    _mortal(run_export, "store", after="file_stored")
    _mortal(running, "_finish", before="file_committed")
    _mortal(audit_books, "_seen", after="discrepancy_seen")
    _mortal(audit_books, "_keep", after="books_kept")
    scheduled("tests.deliver_exports", every=timedelta(seconds=1))(deliver_exports.deliver_exports)
    scheduled("tests.audit_books", every=timedelta(seconds=1), queue="money")(audit_books.audit_books)
