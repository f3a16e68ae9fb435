"""The set-up: what it says when it cannot go on, and what it draws."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ground.conftest import PROJECT

sys.path.insert(0, str(PROJECT / "scripts"))
import assets
import installation


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> Path:
    """The set-up at work in an empty folder."""
    for name, value in {
        "ROOT": tmp_path,
        "VENV": tmp_path / ".venv",
        "STAMPS": tmp_path / ".venv/stamps",
        "LOG": tmp_path / "var/log/setup.log",
    }.items():
        monkeypatch.setattr(installation, name, value)
    (tmp_path / "var/log").mkdir(parents=True)
    (tmp_path / ".venv/stamps").mkdir(parents=True)
    return tmp_path


def run_with_version(version: tuple[int, ...], path: str) -> subprocess.CompletedProcess:
    """Run the set-up as an old Python would, with these programs on the path."""
    run = "runpy.run_path('scripts/setup.py', run_name='__main__')"
    code = f"import runpy, sys; sys.version_info = {version}; {run}"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_python_too_old_is_told_so_in_a_sentence(tmp_path):
    done = run_with_version((3, 9, 2), str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == "Ferma needs Python 3.11 or newer; this is Python 3.9.2.\n"


def test_a_newer_python_beside_the_old_one_is_used(tmp_path):
    newer = tmp_path / "python3.12"
    newer.write_text('#!/bin/sh\necho "new $@"\n')
    newer.chmod(0o755)
    assert run_with_version((3, 9, 2), str(tmp_path)).stdout == "new scripts/setup.py\n"


def test_the_script_that_an_old_python_reads_uses_no_new_words():
    source = (PROJECT / "scripts/setup.py").read_text()
    assert not re.search(r"""\bf["']|\bmatch\b.*:$|->|:=|^from (?!installation)|\blist\[""", source, re.MULTILINE)


@pytest.mark.parametrize(
    "output",
    [
        "WARNING: Retrying ... NewConnectionError('Failed to establish a new connection')",
        "ERROR: No matching distribution found for uv==0.13.9",
        "npm error code ENOTFOUND",
    ],
)
def test_no_network_is_told_in_a_sentence(elsewhere, output):
    installation.LOG.write_text(f"\n$ pip install\n{output}\n")
    assert installation.reason() == (
        "the package registry could not be reached; check the network (details are in var/log/setup.log)"
    )


def test_another_failure_points_to_its_details(elsewhere):
    installation.LOG.write_text("\n$ pip install\nNewConnectionError\n\n$ pip install\nhashes do not match\n")
    assert installation.reason() == "details are in var/log/setup.log"


def test_packages_that_cannot_be_installed_are_refused_with_the_reason(elsewhere, monkeypatch):
    def fail(command, **extra):
        installation.LOG.write_text("\n$ pip\nNewConnectionError")
        return 1

    monkeypatch.setattr(installation, "run", fail)
    with pytest.raises(installation.SetupError, match="could not be installed: the package registry"):
        installation.install_python_packages("base")
    assert not (elsewhere / ".venv/stamps/base").exists()


def test_pip_is_used_where_uv_reaches_nothing(elsewhere, monkeypatch):
    commands = []

    def only_pip_reaches(command, **extra):
        commands.append(Path(command[0]).name)
        return 1 if commands[-1] == "uv" else 0

    (elsewhere / ".venv/bin").mkdir()
    (elsewhere / ".venv/bin/uv").touch()
    monkeypatch.setattr(installation, "run", only_pip_reaches)
    installation.install_python_packages("base")
    assert commands == ["uv", "python"]


def test_a_step_is_done_again_only_when_its_ingredients_change(elsewhere):
    lock = elsewhere / "lock"
    lock.write_text("one")
    assert not installation.is_done("step", lock)
    installation.done("step", lock)
    assert installation.is_done("step", lock)
    lock.write_text("two")
    assert not installation.is_done("step", lock)


def test_uv_is_installed_by_its_hash():
    lines = installation.section("uv", (PROJECT / "requirements/dev.txt").read_text()).splitlines()
    assert lines[0].startswith("uv==")
    assert all("--hash=sha256:" in line or "#" in line for line in lines[1:])


def test_every_icon_in_use_is_in_the_sprite():
    sprite = (assets.VENDOR / "icons.svg").read_text()
    missing = [name for name in assets.used_icons() if f'<symbol id="{name}"' not in sprite]
    assert missing == [], "run make to draw the sprite again"


def test_an_icon_that_does_not_exist_is_named_with_the_page_that_uses_it(monkeypatch):
    monkeypatch.setattr(assets, "used_icons", lambda: {"no-such-icon": PROJECT / "templates/core/base.html"})
    with pytest.raises(assets.AssetError, match=r"templates/core/base\.html uses the icon “no-such-icon”"):
        assets.draw_sprite()


def test_locks_hold_hashes_and_no_addresses():
    for path in (PROJECT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "://" not in text
        assert len(re.findall(r"^\S+==", text, re.MULTILINE)) <= text.count("--hash=sha256:")
    packages = json.loads((PROJECT / "package-lock.json").read_text())["packages"]
    assert all("integrity" in p and "resolved" not in p for name, p in packages.items() if name)
