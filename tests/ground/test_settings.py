"""Settings come from the environment, are documented, and have no insecure fallback."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ground.conftest import PROJECT

READ_HERE = (
    PROJECT / "crm/settings.py",
    PROJECT / "gunicorn.conf.py",
    PROJECT / "crm/management/commands/serve.py",
)
VARIABLE = re.compile(r"""env(?:iron\.get|\.\w+)\(\s*["']([A-Z][A-Z0-9_]+)["']""")
SERVERS = {"DATABASE_URL": "postgresql://db/ferma", "REDIS_URL": "redis://cache"}


def variables() -> set[str]:
    """Every environment variable that settings and the processes read."""
    found = {name for path in READ_HERE for name in VARIABLE.findall(path.read_text())}
    return found - {"UNSET_ALWAYS_DEFAULT", "NO_COLOR"}


def load_settings(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess:
    """Load the settings in a process whose environment holds only these variables."""
    code = "from crm import settings; print(settings.DEBUG, settings.EMBEDDED, settings.SESSION_COOKIE_SECURE)"
    bare = {"PATH": os.environ["PATH"], "FERMA_VAR": str(tmp_path / "var")}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env=bare | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("readme", ["README.md", "README.ru.md"])
def test_every_variable_stands_in_the_table(readme):
    rows = re.findall(r"^\| `([A-Z0-9_]+)`", (PROJECT / readme).read_text(), re.MULTILINE)
    assert sorted(variables()) == sorted(rows)


def test_nothing_needs_to_be_set_for_the_embedded_servers(tmp_path):
    done = load_settings(tmp_path)
    assert done.stdout.split() == ["False", "True", "False"], done.stderr
    assert (tmp_path / "var/secret_key").exists()


def test_with_servers_of_ones_own_a_secret_key_is_demanded(tmp_path):
    done = load_settings(tmp_path, **SERVERS)
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr
    assert load_settings(tmp_path, **SERVERS, SECRET_KEY="s" * 50).returncode == 0


@pytest.mark.parametrize("only", SERVERS)
def test_one_address_without_the_other_is_refused(tmp_path, only):
    done = load_settings(tmp_path, **{only: SERVERS[only]}, SECRET_KEY="s" * 50)
    assert "Set both DATABASE_URL and REDIS_URL, or neither" in done.stderr


def test_cookies_are_for_tls_only_where_the_address_is(tmp_path):
    done = load_settings(tmp_path, **SERVERS, SECRET_KEY="s" * 50, PUBLIC_URL="https://crm.example.com")
    assert done.stdout.split() == ["False", "False", "True"], done.stderr
