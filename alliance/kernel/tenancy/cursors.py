"""SQL that the ORM can't say, on the connection that the scope chooses."""

from contextlib import AbstractContextManager

from django.db import connections
from django.db.backends.utils import CursorWrapper

from alliance.kernel.tenancy.scope import database_alias


def scoped_cursor() -> AbstractContextManager[CursorWrapper]:
    """A cursor on the operator's connection inside `across_organizations`, else on the runtime's."""
    return connections[database_alias()].cursor()
