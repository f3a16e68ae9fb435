"""The container files against the project: no container engine is needed to see that they fit it."""

import importlib
import json
import re
import shutil
import subprocess
import sys

import pytest
import yaml
from django.core.management import get_commands

from tests.ground.conftest import PROJECT
from tests.ground.test_settings import variables

COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ["migrate", "web", "worker", "beat"]
DOCKERFILE = (PROJECT / "Dockerfile").read_text()


def instructions(name: str) -> list[str]:
    """The Dockerfile's instructions of one kind, continued lines joined."""
    joined = DOCKERFILE.replace("\\\n", " ")
    return re.findall(rf"^{name} (.*)$", joined, re.MULTILINE)


def test_the_services_are_those_of_the_program():
    assert set(SERVICES) == {*OURS, "postgres", "redis"}


@pytest.mark.parametrize("name", OURS)
def test_each_service_is_given_variables_that_settings_know(name):
    given = set(SERVICES[name]["environment"])
    assert {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"} <= given
    assert given <= variables()


def test_every_variable_asked_of_the_person_is_in_the_example():
    text = (PROJECT / "docker-compose.yml").read_text()
    demanded = set(re.findall(r"\$\{(\w+):\?", text))
    example = set(re.findall(r"^(\w+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))
    assert demanded == {"POSTGRES_PASSWORD", "SECRET_KEY"}
    assert demanded <= example <= set(re.findall(r"\$\{(\w+):", text))


def test_the_addresses_lead_to_the_services():
    environment = SERVICES["web"]["environment"]
    assert re.search(r"@(\w+):5432/(\w+)$", environment["DATABASE_URL"]).groups() == ("postgres", "ferma")
    assert environment["REDIS_URL"] == "redis://redis:6379/0"
    assert SERVICES["postgres"]["environment"]["POSTGRES_DB"] == "ferma"


@pytest.mark.parametrize("name", OURS)
def test_each_command_can_be_run(name):
    program, *arguments = SERVICES[name]["command"]
    if program == "python":
        assert arguments[0] == "manage.py"
        assert arguments[1] in get_commands()
    elif program == "celery":
        assert arguments[:2] == ["-A", "crm"]
        importlib.import_module("crm.celery")
        help_text = subprocess.run(
            [sys.executable, "-m", "celery", "-A", "crm", arguments[2], "--help"],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert all(word.split("=")[0] in help_text for word in arguments[3:] if word.startswith("--"))
    else:
        assert program == "gunicorn"
        check = [sys.executable, "-m", "gunicorn", *arguments, "--print-config"]
        shown = subprocess.run(check, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
        assert "crm.wsgi:application" in shown
        assert re.search(r"worker_class\s+= gthread", shown)
        assert re.search(r"control_socket_disable\s+= True", shown)


def test_gunicorns_own_program_finds_the_project(tmp_path):
    """The console script does not put the working folder on the path by itself, as `python -m` does."""
    script = shutil.which("gunicorn", path=str(PROJECT / ".venv/bin")) or shutil.which("gunicorn")
    done = subprocess.run([script, "--check-config"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_postgresql_is_new_enough_and_sorts_and_folds_like_the_embedded_one():
    version = int(SERVICES["postgres"]["image"].removeprefix("postgres:"))
    assert version >= 17  # The builtin C.UTF-8 locale came with 17; Ferma itself needs 14.
    assert "--builtin-locale=C.UTF-8" in SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]


def test_every_image_has_a_version():
    images = [service["image"] for service in SERVICES.values()] + [line.split()[0] for line in instructions("FROM")]
    assert [image for image in images if ":" not in image or image.endswith(":latest")] == []


def test_the_image_runs_a_python_that_the_project_allows():
    for image in instructions("FROM"):
        major, minor = re.match(r"python:(\d+)\.(\d+)", image).groups()
        assert (int(major), int(minor)) >= (3, 11)


def test_only_the_web_is_reached_from_outside_and_on_the_image_s_port():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"web": ["${PORT:-8000}:8000"]}
    assert instructions("EXPOSE") == ["8000"]
    assert "0.0.0.0:8000" in SERVICES["web"]["command"]


def test_the_web_starts_after_the_migration_and_healthy_servers():
    conditions = {name: d["condition"] for name, d in SERVICES["web"]["depends_on"].items()}
    assert conditions == {
        "migrate": "service_completed_successfully",
        "postgres": "service_healthy",
        "redis": "service_healthy",
    }
    assert all("test" in SERVICES[name]["healthcheck"] for name in ("postgres", "redis", "worker"))


def test_what_must_survive_is_on_volumes():
    mounted = {mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}
    assert mounted == set(COMPOSE["volumes"])


def test_the_image_does_not_run_as_root_and_asks_for_its_health():
    assert instructions("USER") == ["ferma"]
    (health,) = instructions("HEALTHCHECK")
    assert "/healthz" in health
    assert json.loads(instructions("CMD")[-1]) == SERVICES["web"]["command"]


def test_the_image_copies_files_that_exist_and_installs_by_hash():
    for line in instructions("COPY"):
        words = line.split()
        if not words[0].startswith("--from"):
            assert all((PROJECT / word).exists() for word in words[:-1])
    installs = re.findall(r"pip install [^\n&]*", DOCKERFILE)
    assert installs
    assert all("--require-hashes" in line for line in installs)
