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
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from whitenoise.middleware import WhiteNoiseMiddleware

from crm import embedded
from tests import databases

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
]
_servers = contextlib.ExitStack()
# How fast the machine is says nothing of an example, and a test's database is emptied after all of its examples. What
# stops a change must be found again by its author.
hypothesis_settings.register_profile(
    "ferma",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    derandomize="CI" in os.environ,
)
hypothesis_settings.load_profile("ferma")


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL and Valkey under var/test, unless DATABASE_URL is set; xdist's workers share them."""
    if not hasattr(config, "workerinput"):
        if settings.EMBEDDED:
            _servers.enter_context(embedded.servers(settings.VAR_DIR))
            databases.forgo_safety()
        if config.getoption("numprocesses", None):
            _servers.callback(databases.drop_template)
    databases.empty_quickly()
    look_for_static_files_once()


def pytest_unconfigure() -> None:
    _servers.close()


def look_for_static_files_once() -> None:
    """Share what the first test client's WhiteNoise found: each would look through all static files anew."""
    found: dict[str, Any] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def share(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            look(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = share


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest,
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
) -> None:
    """Workers side by side migrate one database, not each its own."""
    worker = getattr(request.config, "workerinput", None)
    if worker and not django_db_keepdb:
        with django_db_blocker.unblock():
            databases.use_template(worker["testrunuid"])


# What takes longest goes first. Mostly waiting for other processes, on the first worker; busy itself, on the second:
# the tests are dealt out in as many runs as there are workers, three.
WAITING = ("ground/test_supervisor", "campaigns/test_crash", "customers/test_import_presets")
BUSY = ("journeys/test_rights", "journeys/test_every_page", "journeys/test_hostile")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    waiting = [item for item in items if any(name in item.nodeid for name in WAITING)]
    busy = [item for item in items if any(name in item.nodeid for name in BUSY)]
    long = {*waiting, *busy}
    others = [item for item in items if item not in long]
    second = max(0, len(items) // 3 - len(waiting))
    items[:] = [*waiting, *others[:second], *busy, *others[second:]]


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
def live_server(django_db_setup: None, live_server: Any) -> Any:
    """The running site, stopped before its database goes, whichever of the two a test asked for first."""
    return live_server


@pytest.fixture(scope="session")
def browser(live_server: Any) -> Iterator[Any]:
    """A headless browser, for tests marked `browser`; closed before the site, whose threads wait for its next word."""
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
