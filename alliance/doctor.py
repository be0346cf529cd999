"""What is wrong with this installation and how to mend it, in plain words. Shown by `manage.py doctor`."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from django.utils.translation import gettext as _

from alliance import health
from alliance.kernel.clock import utc_now
from alliance.kernel.files.scanning import ScannerUnavailableError, scan
from alliance.kernel.roles import role_problems
from alliance.kernel.tenancy import across_organizations
from alliance.kernel.tenancy.catalogue import drift
from alliance.kernel.tenancy.cursors import scoped_cursor

_OLDEST_POSTGRES: Final = 150000
_SECRET_LENGTH: Final = 32
_FREE_BYTES: Final = 1_000_000_000
_CLOCK_SECONDS: Final = 5
_ZONES: Final = ("UTC", "Asia/Shanghai", "Europe/London")
_LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_KEYS: Final = {"default": "DATABASE_URL", "owner": "DATABASE_OWNER_URL", "operator": "DATABASE_OPERATOR_URL"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and what to do. An advice is no error: the product works, but could be safer."""

    problem: str
    remedy: str
    is_advice: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """One thing to look at."""

    name: str
    look: Callable[[], Iterator[Finding]]


def examinations() -> list[Examination]:
    """Everything to look at, in the order in which one thing rests on another; names in the active language."""
    return [
        Examination(_("Settings"), _settings),
        Examination(_("Database connections"), _connections),
        Examination(_("Database roles"), _roles),
        Examination(_("Migrations"), _migrations),
        Examination(_("Row-level security and grants"), _tenancy),
        Examination(_("Valkey or Redis"), _valkey),
        Examination(_("Worker and beat"), _worker),
        Examination(_("Outbox"), _outbox),
        Examination(_("Front-end files"), _assets),
        Examination(_("Translations"), _catalogues),
        Examination(_("Virus scanner"), _scanner),
        Examination(_("Disk"), _disk),
        Examination(_("Clock and time zones"), _clock),
    ]


def examine(examination: Examination) -> list[Finding]:
    """The findings of one examination. One that can't be made is itself a finding."""
    try:
        return list(examination.look())
    except (DatabaseError, ImproperlyConfigured, OSError, redis.RedisError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return [
            Finding(
                _("This could not be examined: %(reason)s") % {"reason": reason},
                _("Mend what is named above first, then run this again."),
            )
        ]


def _settings() -> Iterator[Finding]:
    if len(settings.SECRET_KEY) < _SECRET_LENGTH:
        yield Finding(
            _("SECRET_KEY is shorter than 32 characters."),
            _('Make one: python -c "import secrets; print(secrets.token_urlsafe(48))"'),
        )
    site = urlsplit(settings.SITE_URL)
    is_public = (site.hostname or "") not in _LOCAL_HOSTS
    if site.hostname and "*" not in settings.ALLOWED_HOSTS and f"{site.hostname}" not in _hosts():
        yield Finding(
            _("ALLOWED_HOSTS does not contain the host of SITE_URL, %(host)s.") % {"host": site.hostname},
            _("Add it to ALLOWED_HOSTS."),
        )
    if is_public and not settings.HTTPS:
        yield Finding(
            _("SITE_URL is public, but HTTPS is off: cookies travel in the clear."),
            _("Serve it behind TLS and set HTTPS=1."),
        )
    if is_public and (settings.DEBUG or settings.DEMO):
        yield Finding(
            _("DEBUG or DEMO is on at a public address: it shows its inside and has known passwords."),
            _("Set DEBUG=0 and DEMO=0."),
        )
    if not settings.DEMO and settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        yield Finding(_("Mails are only printed to the log."), _("Set EMAIL_URL to an SMTP server."), is_advice=True)
    if not settings.METRICS_TOKEN and is_public:
        yield Finding(_("/metrics is off."), _("Set METRICS_TOKEN to let Prometheus in."), is_advice=True)


def _hosts() -> set[str]:
    return {host.strip("[]").lstrip(".") for host in settings.ALLOWED_HOSTS}


def _connections() -> Iterator[Finding]:
    for alias, key in _KEYS.items():
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute(
                    "SELECT current_setting('server_version_num')::int, pg_encoding_to_char(encoding) "
                    "FROM pg_database WHERE datname = current_database()"
                )
                version, encoding = cursor.fetchone() or (0, "")
        except ImproperlyConfigured:
            continue  # an unsafe role; told under its own heading
        except DatabaseError as error:
            reason = str(error).strip().splitlines()[0]
            yield Finding(
                _("The database does not let %(key)s in: %(reason)s") % {"key": key, "reason": reason},
                _("Check that the server runs, and the address and password in %(key)s.") % {"key": key},
            )
            continue
        if version < _OLDEST_POSTGRES:
            yield Finding(_("PostgreSQL is older than version 15."), _("Upgrade the server to PostgreSQL 15 to 18."))
        if encoding != "UTF8":
            yield Finding(_("The database is not encoded in UTF-8."), _("Create it with ENCODING 'UTF8'."))


def _roles() -> Iterator[Finding]:
    for alias in ("default", "operator"):
        for problem in _problems_of_role(alias):
            yield Finding(
                problem,
                _("Set DATABASE_ADMIN_URL to an administrator's login and run: python -m alliance.embedded roles"),
            )


def _problems_of_role(alias: str) -> list[str]:
    try:
        return role_problems(connections[alias])
    except ImproperlyConfigured as refusal:
        return [str(refusal)]


def _migrations() -> Iterator[Finding]:
    if missing := health.missing_migrations():
        names = ", ".join(missing[:5])
        yield Finding(
            _("Migrations are missing: %(number)d, such as %(names)s.") % {"number": len(missing), "names": names},
            _("Run: manage.py migrate"),
        )


def _tenancy() -> Iterator[Finding]:
    names = {alias: str(settings.DATABASES[alias]["USER"]) for alias in ("default", "operator")}
    for difference in drift(connections["owner"], runtime=names["default"], operator=names["operator"]):
        yield Finding(difference, _("Run: manage.py migrate (it sets policies and grants anew)"))


def _valkey() -> Iterator[Finding]:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)
    try:
        client.ping()
        policy = _eviction_policy(client)
    except redis.RedisError as error:
        yield Finding(
            _("Valkey does not answer: %(reason)s") % {"reason": error},
            _("Start it, and check REDIS_URL. Nothing is lost meanwhile: messages wait in the database."),
        )
        return
    finally:
        client.close()
    if policy not in {"noeviction", None}:
        yield Finding(
            _("Valkey may throw away tasks when its memory is full (maxmemory-policy %(policy)s).")
            % {"policy": policy},
            _("Set maxmemory-policy noeviction."),
            is_advice=True,
        )


def _eviction_policy(client: "redis.Redis") -> str | None:
    """The policy, or None where the server keeps its configuration to itself."""
    try:
        found = client.config_get("maxmemory-policy")
    except redis.ResponseError:
        return None
    return str(found["maxmemory-policy"]) if isinstance(found, dict) and found else None


def _worker() -> Iterator[Finding]:
    if silent := health.silent_queues():
        yield Finding(
            _("No worker has worked off these queues in the last 90 seconds: %(queues)s.")
            % {"queues": ", ".join(silent)},
            _(
                "Start worker and beat: celery -A alliance.celery worker -Q %(queues)s, and celery -A alliance.celery beat"
            )
            % {"queues": ",".join(silent)},
        )


def _outbox() -> Iterator[Finding]:
    with across_organizations(reason="the doctor counts parked deliveries"), scoped_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kernel_outboxdelivery WHERE state = 'parked'")
        number = (cursor.fetchone() or (0,))[0]
    if number:
        yield Finding(
            _("Messages that failed five times are parked: %(number)d.") % {"number": number},
            _("Read their errors in the operator console under Deliveries, mend the cause, then retry them there."),
        )


def _assets() -> Iterator[Finding]:
    if settings.COLLECTED_STATIC:
        if not (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
            yield Finding(_("Static files have not been collected."), _("Run: manage.py collectstatic"))
        return
    missing = [name for name, inside in settings.NPM_STATIC.items() if not (Path(settings.NPM_ROOT) / inside).is_file()]
    if missing:
        yield Finding(
            _("Front-end files are missing: %(number)d, such as %(name)s.")
            % {"number": len(missing), "name": missing[0]},
            _("Run: make setup"),
        )


def _catalogues() -> Iterator[Finding]:
    sources = [source for folder in settings.LOCALE_PATHS for source in Path(folder).rglob("*.po")]
    stale = [source for source in sources if not _is_compiled(source)]
    if stale:
        yield Finding(
            _("Translations are not compiled, or older than their source: %(name)s.") % {"name": stale[0].name},
            _("Run: manage.py compile_catalogues"),
        )


def _is_compiled(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return compiled.is_file() and compiled.stat().st_mtime >= source.stat().st_mtime


def _scanner() -> Iterator[Finding]:
    if not settings.FILE_SCANNER:
        yield Finding(
            _("Uploaded documents are not scanned for viruses."),
            _("Set FILE_SCANNER to the address of a clamd."),
            is_advice=True,
        )
    try:
        scan(b"The doctor asks whether the scanner answers.")
    except ScannerUnavailableError:
        yield Finding(
            _("The virus scanner does not answer, so no upload is accepted."),
            _("Start it, or correct FILE_SCANNER."),
        )


def _disk() -> Iterator[Finding]:
    folder = Path(settings.DATA_DIR)
    existing = next(path for path in [folder, *folder.parents] if path.exists())
    if shutil.disk_usage(existing).free < _FREE_BYTES:
        yield Finding(
            _("Less than 1 GB is free where DATA_DIR lies."), _("Free some space, or move DATA_DIR to another disk.")
        )
    probe = existing / ".doctor"
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        yield Finding(
            _("DATA_DIR can't be written: %(path)s.") % {"path": folder},
            _("Give the account that runs the product the right to write there."),
        )


def _clock() -> Iterator[Finding]:
    for name in _ZONES:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            yield Finding(
                _("The time zone %(zone)s is unknown to this system.") % {"zone": name},
                _("Install: pip install tzdata"),
            )
    with scoped_cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        of_database = (cursor.fetchone() or (utc_now(),))[0]
    if abs((utc_now() - of_database).total_seconds()) > _CLOCK_SECONDS:
        yield Finding(
            _("The clocks of this machine and of the database differ by more than 5 seconds."),
            _("Let both follow the same time servers (NTP)."),
        )
