"""Imported by the worker and beat processes of the kill test: they hear the lamps and walk the rounds."""

from alliance.kernel.jobs import register_job
from tests.races.kernel.lamps import Round, listen, walk

listen()
register_job(Round, walk, queue="reports")
