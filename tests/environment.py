"""A pytest plugin that finds the servers before Django reads its settings.

Real servers when DATABASE_URL and REDIS_URL name them, else the embedded ones under `.local/test`.
"""

import os
from pathlib import Path

from hypothesis import settings

from alliance.embedded.environment import provide
from alliance.embedded.servers import Servers

ROOT = Path(__file__).resolve().parent.parent


def _prepare() -> None:
    if "DATABASE_ADMIN_URL" not in os.environ or "DATABASE_OWNER_URL" not in os.environ:
        os.environ.update(provide(Servers(ROOT / ".local" / "test", is_throwaway=True), os.environ))
    os.environ.setdefault("SECRET_KEY", "only-for-tests-0123456789-0123456789-0123456789")
    os.environ["EMAIL_URL"] = "memory://"
    os.environ["DEMO"] = "0"
    os.environ["HTTPS"] = "0"
    os.environ["LOG_FORMAT"] = "console"
    os.environ["BROKER_REDIS_URL"] = "memory://"  # hints go nowhere; tests deliver by themselves
    os.environ["DATABASE_CONN_MAX_AGE"] = "0"
    os.environ.setdefault("DATA_DIR", str(ROOT / ".local" / "test" / f"data-{os.getpid()}"))


_prepare()
settings.register_profile("suite", deadline=None)  # no test fails because the machine is busy
settings.load_profile("suite")
