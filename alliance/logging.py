"""Structured logs: one JSON object a line (or coloured lines for people), a request id on each, no secret in any."""

import time
from collections.abc import Mapping
from typing import Any, Final

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware
from structlog.types import EventDict, Processor, WrappedLogger

from alliance.kernel.scrubbing import scrubbed

REQUEST_ID_HEADER: Final = "X-Request-ID"
_LONGEST_REQUEST_ID: Final = 64
# Path parameters of these names are credentials themselves: the log names the route instead of the path.
_SECRET_PARAMETERS: Final = frozenset({"token", "key", "uidb36", "code", "signature"})
_OWN_KEYS: Final = frozenset({"event", "level", "logger", "timestamp", "_record", "_from_structlog"})


def scrub(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    """Blank every secret in a log entry, in its message, its values and its traceback."""
    for name, value in entry.items():
        if name not in _OWN_KEYS or name == "event":
            entry[name] = _scrubbed_value(name, value)
    return entry


def _scrubbed_value(name: str, value: object) -> object:
    cleaned = scrubbed({name: value if isinstance(value, _PLAIN) else str(value)})
    return cleaned[name] if isinstance(cleaned, dict) else cleaned


_PLAIN: Final = (str, int, float, bool, type(None), Mapping, list, tuple, set, frozenset)
_SHARED: Final[list[Processor]] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    structlog.processors.UnicodeDecoder(),
    scrub,
]


def configuration(*, style: str, level: str) -> dict[str, Any]:
    """Django's LOGGING for `style` "json" or "console"; sets structlog up alike. Raises ValueError for another style."""
    renderers: Mapping[str, Processor] = {
        "json": structlog.processors.JSONRenderer(ensure_ascii=False),
        "console": structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    }
    if style not in renderers:
        message = f"LOG_FORMAT={style!r} is neither json nor console."
        raise ValueError(message)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return _dict_config(renderers[style], level)


def _dict_config(renderer: Processor, level: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            }
        },
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {
            # Django mails nobody and prints nothing by itself: all goes through the one handler.
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            "django.request": {"level": "ERROR"},
            # A line for each relay and heartbeat would drown the rest.
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            # So would every glyph of a PDF.
            "fontTools": {"level": "WARNING"},
            "fpdf": {"level": "WARNING"},
        },
    }


class RequestLogMiddleware(RequestMiddleware):
    """Gives each request an id, logs its end with route, status and milliseconds, and echoes the id.

    An id that a trusted proxy sends in `X-Request-ID` is kept when it is short and plain; query strings and paths that
    carry credentials are never logged.
    """

    def prepare(self, request: HttpRequest) -> None:
        request.META["alliance.started"] = time.perf_counter()
        super().prepare(request)
        request_id = _accepted_id(request) or str(structlog.contextvars.get_contextvars().get("request_id", ""))
        structlog.contextvars.bind_contextvars(request_id=request_id)
        request.request_id = request_id  # type: ignore[attr-defined]

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Method and path, without the query string."""
        return f"{request.method} {_loggable_path(request)}"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Name the person only when the request has looked them up anyway: a log line must not cost a query."""
        user = getattr(request, "_cached_user", None)
        if user is not None and user.pk is not None:
            structlog.contextvars.bind_contextvars(user_id=str(user.pk))

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        started = request.META.pop("alliance.started", None)
        if started is not None:
            structlog.contextvars.bind_contextvars(milliseconds=round((time.perf_counter() - started) * 1000, 1))
        super().handle_response(request, response)
        response.headers[REQUEST_ID_HEADER] = getattr(request, "request_id", "")


def _accepted_id(request: HttpRequest) -> str | None:
    from django.conf import settings

    given = request.headers.get(REQUEST_ID_HEADER, "")
    is_plain = given.isascii() and given.replace("-", "").isalnum() and len(given) <= _LONGEST_REQUEST_ID
    return given if settings.TRUSTED_PROXY_COUNT and is_plain else None


def _loggable_path(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None:
        return "/".join(request.path.split("/")[:3])
    if _SECRET_PARAMETERS & set(match.kwargs):
        return f"/{match.route}"
    return request.path
