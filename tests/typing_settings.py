"""Settings for the type checker's plugin, which only reads models and must not need servers."""

import os

for key, value in {
    "SECRET_KEY": "type-checking-only",
    "DATABASE_URL": "postgresql://alliance_runtime@localhost/unused",
    "DATABASE_OWNER_URL": "postgresql://alliance_owner@localhost/unused",
    "DATABASE_OPERATOR_URL": "postgresql://alliance_operator@localhost/unused",
    "REDIS_URL": "redis://localhost:6379/0",
}.items():
    os.environ.setdefault(key, value)

from alliance.settings import *  # noqa: E402, F403
