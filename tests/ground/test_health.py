"""The health page and the ids of requests."""

import json
from datetime import timedelta

import pytest
import redis
import time_machine
from django.core.cache import cache
from django.db import OperationalError
from django.utils import timezone

from core.journal import acting
from crm import health, tasks

pytestmark = pytest.mark.django_db


def test_everything_is_well_after_a_heartbeat(client):
    tasks.heartbeat()
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"healthy": True, "parts": {"database": "ok", "broker": "ok", "worker": "ok"}}


def test_a_worker_that_never_spoke_is_missed(client):
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["parts"]["worker"] == "no heartbeat yet"


def test_a_worker_gone_silent_is_missed(client):
    tasks.heartbeat()
    with time_machine.travel(timezone.now() + timedelta(seconds=90)):
        response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["parts"]["worker"].startswith("silent since")


def test_a_flushed_broker_is_forgiven_with_the_next_heartbeat(client):
    tasks.heartbeat()
    cache.clear()
    assert client.get("/healthz").status_code == 503
    tasks.heartbeat()
    assert client.get("/healthz").status_code == 200


def test_an_unreachable_broker_is_named_and_its_error_is_not_shown(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise redis.ConnectionError("secret address")

    monkeypatch.setattr(health.cache, "get", refuse)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["parts"] == {"database": "ok", "broker": "unreachable", "worker": "unreachable"}
    assert "secret" not in response.content.decode()


def test_an_unreachable_database_is_named_after_somebody_wrote_to_it(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("gone")

    acting(user_id=None, origin="web")
    monkeypatch.setattr(health.connection, "cursor", refuse)
    assert client.get("/healthz").json()["parts"]["database"] == "unreachable"
    monkeypatch.undo()
    assert client.get("/healthz").json()["parts"]["database"] == "ok"


def test_the_page_is_not_kept_and_changes_nothing(client):
    response = client.get("/healthz")
    assert "no-store" in response.headers["Cache-Control"]
    assert client.post("/healthz").status_code == 405


def test_every_answer_carries_the_id_under_which_it_is_logged(client, capfd):
    first, second = (client.get("/healthz").headers["X-Request-ID"] for _ in range(2))
    assert first
    assert first != second


def test_logs_for_machines_are_one_json_object_a_line_with_the_request_id():
    import logging
    import logging.config

    import structlog

    from crm import logs

    configuration = logs.configure(as_json=True, level="INFO")
    formatter = logging.config.dictConfigClass(configuration).configure_formatter(
        configuration["formatters"]["structured"]
    )
    record = logging.LogRecord("shop", logging.WARNING, __file__, 1, "Order %s refused", ("A-1",), None)
    with structlog.contextvars.bound_contextvars(request_id="abc"):
        line = json.loads(formatter.format(record))
    assert line["event"] == "Order A-1 refused"
    assert line["request_id"] == "abc"
    assert line["level"] == "warning"
