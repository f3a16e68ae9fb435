"""The embedded servers: lent to several processes, stopped after the last, however it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from crm import embedded
from crm.embedded import account, postgres
from tests.ground.conftest import PROJECT, eventually, processes_of

HOLD = """
import sys
from pathlib import Path
from crm import embedded
with embedded.servers(Path(sys.argv[1])):
    print("up", flush=True)
    sys.stdin.read()
"""


def query(var: Path, sql: str) -> list[tuple]:
    """Rows of a statement in the embedded database."""
    connection = psycopg2.connect(embedded.database_url(var))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def answers(var: Path) -> bool:
    """Whether the database answers."""
    try:
        return query(var, "SELECT 1") == [(1,)]
    except psycopg2.OperationalError:
        return False


def another_user(var: Path) -> subprocess.Popen:
    """Another process that uses the servers until its input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(var)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "up\n"
    return process


def postmaster(var: Path) -> psutil.Process:
    return psutil.Process(int((var / "postgres/postmaster.pid").read_text().split()[0]))


def test_both_servers_run_for_the_block_and_nothing_is_left_after_it(var):
    with embedded.servers(var):
        assert query(var, "SELECT upper('ферма'), 'Ферма' ILIKE 'фЕРМА'") == [("ФЕРМА", True)]
        if postgres.letters_locale() != "C":
            query(var, "CREATE EXTENSION pg_trgm")
            assert query(var, "SELECT cardinality(show_trgm('Ферма')) > 0") == [(True,)]
        assert redis.from_url(embedded.redis_url(var)).ping()
    assert not embedded.keeper_runs(var)
    assert processes_of(var) == []


def test_the_database_listens_on_no_port(var):
    with embedded.servers(var):
        server = postmaster(var)
        assert [c for p in [server, *server.children()] for c in p.net_connections("inet")] == []


def test_data_survives_a_restart(var):
    with embedded.servers(var):
        query(var, "CREATE TABLE kept AS SELECT 42 AS answer")
    with embedded.servers(var):
        assert query(var, "SELECT answer FROM kept") == [(42,)]


def test_a_second_process_shares_the_servers_and_the_last_one_stops_them(var):
    with embedded.servers(var):
        server = postmaster(var).pid
        other = another_user(var)
        assert postmaster(var).pid == server
    assert answers(var)
    other.communicate(timeout=60)
    assert other.returncode == 0
    assert not embedded.keeper_runs(var)


def test_servers_stop_when_their_last_user_is_killed(var):
    other = another_user(var)
    other.kill()
    other.communicate()
    assert eventually(lambda: processes_of(var) == [])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_servers_end_with_a_killed_keeper_and_the_next_user_starts_them_again(var):
    with embedded.servers(var):
        os.kill(int((var / "run/keeper.lock").read_text()), signal.SIGKILL)
        assert eventually(lambda: not answers(var))
    with embedded.servers(var):
        assert answers(var)


def test_a_crashed_database_is_started_again(var):
    with embedded.servers(var):
        crashed = postmaster(var)
        crashed.kill()
        assert eventually(lambda: not crashed.is_running() and answers(var))
        assert "postgres ended (SIGKILL); starting it again" in (var / "log/servers.log").read_text()


def test_a_lock_file_left_by_a_power_cut_is_no_obstacle(var):
    (var / "postgres/postmaster.pid").write_text(f"{os.getpid()}\n{var / 'postgres'}\n")
    (var / "run/valkey.sock").touch()
    with embedded.servers(var):
        assert answers(var)


def test_data_of_another_version_of_postgresql_is_left_alone(var):
    version = var / "postgres/PG_VERSION"
    made_by = version.read_text()
    version.write_text("12\n")
    try:
        with (
            pytest.raises(embedded.EmbeddedServersError, match="was made by PostgreSQL 12"),
            embedded.servers(var),
        ):
            pass
    finally:
        version.write_text(made_by)
    assert not embedded.keeper_runs(var)


def test_a_folder_too_deep_for_sockets_gets_short_ones(var):
    deep = var / ("d" * 60) / ("e" * 40)
    with embedded.servers(deep):
        assert answers(deep)
        assert not embedded.socket_dir(deep).is_relative_to(var)
        assert embedded.socket_dir(deep).stat().st_mode & 0o077 == 0
    embedded.socket_dir(deep).rmdir()


def test_the_secret_key_is_made_once_and_is_nobody_elses_business(tmp_path):
    first = embedded.secret_key(tmp_path / "var")
    assert len(first) > 50
    assert embedded.secret_key(tmp_path / "var") == first
    assert (tmp_path / "var/secret_key").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_the_way_to_the_data_is_opened_for_passing_only(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert closed in account.open_the_way(closed / "postgres")
    assert closed.stat().st_mode & 0o777 == 0o701
    assert closed not in account.open_the_way(closed / "postgres")


@pytest.mark.parametrize(
    ("redis_url", "broker_url"),
    [
        ("redis://cache:6379/2", "redis://cache:6379/2"),
        ("unix:///run/v.sock", "redis+socket:///run/v.sock"),
        ("unix:///run/v.sock?db=3", "redis+socket:///run/v.sock?virtual_host=3"),
    ],
)
def test_celery_is_told_the_same_redis_in_its_own_spelling(redis_url, broker_url):
    assert embedded.broker_url(redis_url) == broker_url
