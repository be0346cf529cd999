"""Refusing to work as a database role that row-level security does not bind.

Checked when a web process, a worker or beat starts, and again at the first connection of each process,
so that no command slips past.
"""

import logging
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.utils.translation import gettext as _

from alliance.kernel.tenancy.scope import OPERATOR, RUNTIME

logger = logging.getLogger(__name__)

_ATTRIBUTES: Final = """
SELECT rolsuper, rolbypassrls,
       EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
               AND pg_has_role(current_user, c.relowner, 'MEMBER')),
       EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
               AND has_table_privilege(c.oid, 'TRUNCATE'))
FROM pg_roles WHERE rolname = current_user
"""
_checked: set[tuple[str, str, str]] = set()


class UnsafeRoleError(ImproperlyConfigured):
    """The database login could read or destroy other organizations' rows by mistake."""


def role_problems(connection: BaseDatabaseWrapper) -> list[str]:
    """What is wrong with the role behind the alias `default` or `operator`, one plain sentence each."""
    with connection.cursor() as cursor:
        cursor.execute(_ATTRIBUTES)
        is_super, passes_security, owns, may_truncate = cursor.fetchone() or (False, False, False, False)
    name = connection.settings_dict["USER"]
    findings = [
        (is_super, _("The database role %(role)s is a superuser.")),
        (owns and not is_super, _("The database role %(role)s owns tables or is a member of their owner.")),
        (may_truncate and not (is_super or owns), _("The database role %(role)s may TRUNCATE tables.")),
    ]
    if connection.alias == RUNTIME:
        findings.append((passes_security, _("The database role %(role)s bypasses row-level security.")))
    else:
        findings.append(
            (not passes_security, _("The operator's database role %(role)s lacks BYPASSRLS: it sees no rows."))
        )
    return [sentence % {"role": name} for applies, sentence in findings if applies]


def _name_of(connection: BaseDatabaseWrapper) -> tuple[str, str, str]:
    wanted = connection.settings_dict
    return connection.alias, str(wanted["USER"]), str(wanted["NAME"])


def refuse_unsafe_role(connection: BaseDatabaseWrapper, **_options: object) -> None:
    """Close a connection of an unsafe role and raise `UnsafeRoleError`; asked once for each role of a process."""
    if connection.alias not in {RUNTIME, OPERATOR} or _name_of(connection) in _checked:
        return
    _checked.add(_name_of(connection))
    if problems := role_problems(connection):
        _checked.discard(_name_of(connection))
        connection.close()
        raise UnsafeRoleError(
            " ".join([*problems, "Run `python -m alliance.embedded roles`, or see docs/operations.md."])
        )


def check_roles_at_start() -> None:
    """Raise `UnsafeRoleError` now rather than at the first request. A database that is down is left to the probes."""
    for alias in (RUNTIME, OPERATOR):
        try:
            connections[alias].ensure_connection()
        except OperationalError as error:
            logger.warning("database does not answer at start", extra={"alias": alias, "error": str(error)})
        finally:
            connections[alias].close()


def watch_connections() -> None:
    """Check the role of each first connection from now on."""
    if set(settings.DATABASES) >= {RUNTIME, OPERATOR}:
        connection_created.connect(refuse_unsafe_role, dispatch_uid="refuse_unsafe_role")
