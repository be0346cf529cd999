"""Long work as rows: a business row (an import, an export, a close) that a worker holds by a short lease.

A service creates the row and calls `enqueue_job`; a worker claims it, works in steps, each a transaction of
its own, and reports. A worker that dies loses its lease; the sweeper hints the row again and another resumes.
"""

from alliance.kernel.jobs.registry import enqueue_job, register_job
from alliance.kernel.jobs.rows import JobRow, JobState
from alliance.kernel.jobs.running import JobContext, JobLostError, run_job

__all__ = ["JobContext", "JobLostError", "JobRow", "JobState", "enqueue_job", "register_job", "run_job"]
