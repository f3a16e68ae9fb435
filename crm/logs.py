"""Structured logs: JSON for machines, readable lines for people, both with the id of the request."""

import os
import re
import sys
from typing import Any

import structlog

# Addresses that are a permission by themselves: who reads the log must not get it. Of a connection's the code before
# the dot is kept, so that one sees whose messages they are.
_PERMISSION = re.compile(r"(/(?:why|n|u|accounts/password/reset/key)/|/in/[^./\s]*\.)[^/?\s\"]+")


def without_permissions(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """The event with stars in the place of what its address permits."""
    for name in ("request", "event"):
        if isinstance(event.get(name), str):
            event[name] = _PERMISSION.sub(r"\1***", event[name])
    return event


# Applied to every event, ours and those of libraries.
_EVERYWHERE: list[Any] = [
    structlog.contextvars.merge_contextvars,
    without_permissions,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.StackInfoRenderer(),
]


def configure(*, as_json: bool, level: str) -> dict[str, Any]:
    """Set structlog up and return the standard library's configuration (Django's LOGGING) that fits it."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *_EVERYWHERE,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*_EVERYWHERE, structlog.stdlib.ExtraAdder()],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *(_for_machines() if as_json else _for_people()),
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # RequestMiddleware logs every request once; these would log the failed ones a second time.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"handlers": ["console"], "level": level, "propagate": False},
            # One line per beat of every tick, each saying nothing.
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
        },
    }


def _for_machines() -> list[Any]:
    return [
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]


def _for_people() -> list[Any]:
    coloured = not os.environ.get("NO_COLOR") and (sys.stderr.isatty() or bool(os.environ.get("FORCE_COLOR")))
    return [
        structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
        # Plain tracebacks: the rich ones print local variables, customers' data among them.
        structlog.dev.ConsoleRenderer(colors=coloured, exception_formatter=structlog.dev.plain_traceback),
    ]
