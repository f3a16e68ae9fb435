"""The ground of all tests: servers of their own, no network, a browser where there is one."""

import contextlib
import importlib
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache

from crm import embedded

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
]
_servers = contextlib.ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL and Valkey under var/test, unless DATABASE_URL is set; xdist's workers share them."""
    if settings.EMBEDDED and not hasattr(config, "workerinput"):
        _servers.enter_context(embedded.servers(settings.VAR_DIR))


def pytest_unconfigure() -> None:
    _servers.close()


# What takes longest, mostly waiting for other processes, goes first and by that to one worker, beside whose waits the
# others work: side by side these tests take longer.
LONGEST = (
    "ground/test_supervisor",
    "journeys/test_every_page",
    "journeys/test_rights",
    "campaigns/test_crash",
    "journeys/test_hostile",
    "customers/test_import_presets",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONGEST))


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """Rate limits, heartbeats and the like do not pass from one database test to the next."""
    uses_database = {"db", "transactional_db", "live_server"} & set(request.fixturenames)
    if uses_database or request.node.get_closest_marker("django_db"):
        cache.clear()


@pytest.fixture
def new_installation(transactional_db: None) -> None:
    """The rows that migrations bring. A test that empties the database takes them away from the ones after it."""
    for module, function in (
        ("touches.migrations.0002_defaults", "add_defaults"),
        ("nps.migrations.0002_message", "add_message"),
    ):
        getattr(importlib.import_module(module), function)(apps, None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless browser, for tests marked `browser`."""
    program = next(filter(None, map(shutil.which, BROWSER_NAMES)), None)
    if program is None:
        # Where everything is to be tested, a missing browser is a fault.
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("no chromium on this machine: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread, and Django takes every query of a test for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=BROWSER_ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Any, live_server: Any) -> Iterator[Any]:
    """A page of the running site. The test fails when its console shows an error or a script fails."""
    context = browser.new_context(base_url=live_server.url)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.console_errors = errors
    yield opened
    context.close()
    assert errors == []
