"""What happens once when the program starts."""

from typing import Any

import structlog
from django.apps import AppConfig
from django.http import HttpResponseBase
from django_structlog import signals

from crm.celery import app as celery_app

REQUEST_ID_HEADER = "X-Request-ID"


class CrmConfig(AppConfig):
    name = "crm"

    def ready(self) -> None:
        # `shared_task` finds the application only once it is the current one.
        celery_app.set_default()
        for signal in (signals.bind_extra_request_finished_metadata, signals.update_failure_response):
            signal.connect(add_request_id, dispatch_uid="crm.request_id")


def add_request_id(*, response: HttpResponseBase, **_: Any) -> None:
    """Tell the reader the id under which this request stands in the logs."""
    response.headers[REQUEST_ID_HEADER] = structlog.contextvars.get_contextvars().get("request_id", "")
