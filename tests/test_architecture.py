"""The house: which way models point, what rules may know, how large files may grow."""

import ast
import itertools
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

# From the ground up; docs/architecture.md draws it. Import-linter holds imports to the same order.
ORDER = [
    "core",
    "customers",
    "market",
    "acquisition",
    "platforms",
    "webforms",
    "webhooks",
    "segmentation",
    "loyalty",
    "touches",
    "campaigns",
    "nps",
    "dashboard",
]
OURS = [settings.BASE_DIR / app for app in (*ORDER, "crm", "demo")]


def python_files(*folders: Path) -> list[Path]:
    return [p for folder in folders for p in sorted(folder.rglob("*.py")) if "migrations" not in p.parts]


def relations() -> list[tuple[str, str, str]]:
    """Every relation between our models: the app it starts from, its name, the app it points to."""
    found = []
    for model in itertools.chain.from_iterable(apps.get_app_config(app).get_models() for app in ORDER):
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            target = field.remote_field.model._meta.app_label if field.remote_field else None
            if target in ORDER:
                found.append((model._meta.app_label, f"{model.__name__}.{field.name}", target))
    return found


def test_every_app_with_models_has_its_place_in_the_order():
    ours = {c.label for c in apps.get_app_configs() if c.path == str(settings.BASE_DIR / c.label)}
    assert ours - {"crm", "demo"} == set(ORDER)


def test_models_point_down_or_within_their_app():
    assert relations() != []
    upward = [
        f"{name} of {start} points up to {end}"
        for start, name, end in relations()
        if ORDER.index(end) > ORDER.index(start)
    ]
    assert upward == []


def imports(path: Path) -> set[str]:
    """Full names of the modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("app", [*ORDER, "demo"])
def test_rules_read_no_clock_and_touch_no_database(app):
    for path in python_files(settings.BASE_DIR / app / "rules"):
        source = ast.parse(path.read_text())
        calls = {
            node.func.attr
            for node in ast.walk(source)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert not calls & {"today", "now", "utcnow"}, f"{path} reads the clock"
        assert not {name.split(".")[0] for name in imports(path)} & {
            "django",
            "rest_framework",
            "psycopg2",
            "celery",
            "redis",
        }


def test_tasks_are_the_only_ones_to_enqueue():
    """An action that enqueues races its own commit: a due row is the queue."""
    enqueuing = []
    for path in python_files(*OURS):
        if "tasks" in path.parts or path.name in {"tasks.py", "celery.py"}:
            continue
        calls = {n.attr for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Attribute)}
        if calls & {"delay", "apply_async", "send_task"}:
            enqueuing.append(str(path.relative_to(settings.BASE_DIR)))
    assert enqueuing == []


def test_files_stay_short_enough_to_read():
    long = {
        str(p.relative_to(settings.BASE_DIR)): n
        for p in python_files(*OURS)
        if (n := len(p.read_text().splitlines())) > 300
    }
    assert long == {}


def test_every_scheduled_task_exists():
    from crm.celery import app

    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled <= set(app.tasks)
