"""The supervisor: logs behind names, crashes seen, everything stopped."""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import pytest
import redis

from crm import embedded
from crm.processes import Part
from crm.supervisor import Console, Supervisor
from tests.ground.conftest import PROJECT, eventually, processes_of


def part(name: str, program: str) -> Part:
    """A part that runs a little Python program."""
    return Part(name, [sys.executable, "-u", "-c", program])


def run_until(supervisor: Supervisor, parts: list[Part], done) -> int:
    """Run parts until `done()`; returns the exit code."""

    def stop_when_done() -> None:
        eventually(done)
        supervisor.stopping.set()

    watcher = threading.Thread(target=stop_when_done)
    watcher.start()
    code = supervisor.run(parts)
    watcher.join()
    return code


WAIT = "import time; print('ready'); time.sleep(60)"


@pytest.fixture
def supervisor() -> Supervisor:
    return Supervisor(Console(["web", "worker", "ferma"]))


def test_every_line_stands_behind_the_name_of_its_part(supervisor, capfd):
    web, worker = part("web", WAIT), part("worker", WAIT)
    code = run_until(supervisor, [web, worker], lambda: all(supervisor.console.last[n] for n in ("web", "worker")))
    assert code == 0
    lines = capfd.readouterr().out.splitlines()
    assert "web    | ready" in lines
    assert "worker | ready" in lines
    assert lines[-1] == "ferma  | stopping"


def test_a_crashed_part_is_started_again(supervisor, tmp_path, capfd):
    crash_once = f"""
import pathlib, sys, time
mark = pathlib.Path({str(tmp_path / "mark")!r})
if not mark.exists():
    mark.touch(); sys.exit(3)
print("back"); time.sleep(60)
"""
    worker = part("worker", crash_once)
    assert run_until(supervisor, [worker], lambda: "back" in supervisor.console.last["worker"]) == 0
    assert "worker ended (exit code 3); starting it again in 0.5 s" in capfd.readouterr().out


def test_a_part_that_keeps_crashing_ends_everything_with_its_last_lines(supervisor, monkeypatch, capfd):
    monkeypatch.setattr("crm.processes.FIRST_PAUSE_SECONDS", 0.01)
    web, worker = part("web", WAIT), part("worker", "print('no such queue'); raise SystemExit(1)")
    assert supervisor.run([web, worker]) == 1
    out = capfd.readouterr().out
    assert "worker ended 5 times within 60 seconds (last: exit code 1). Everything stops." in out
    assert out.rstrip().endswith("no such queue")
    assert not web.is_alive()


def test_what_the_parts_stand_on_failing_ends_everything(capfd):
    supervisor = Supervisor(Console(["web", "ferma"]), ground=lambda: "The database is gone.")
    assert supervisor.run([part("web", WAIT)]) == 1
    assert "The database is gone." in capfd.readouterr().out


def test_processes_that_a_part_started_are_stopped_with_it(supervisor, tmp_path):
    pid_file = tmp_path / "pid"
    stubborn = f"""
import pathlib, signal, subprocess, sys, time
deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", deaf])
pathlib.Path({str(pid_file)!r}).write_text(str(child.pid))
time.sleep(60)
"""
    run_until(supervisor, [part("worker", stubborn)], lambda: pid_file.exists() and pid_file.read_text())
    child = int(pid_file.read_text())
    assert eventually(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie")


def test_a_step_before_the_parts_tells_whether_it_ended_well(supervisor):
    assert supervisor.complete(part("web", "pass"))
    assert not supervisor.complete(part("web", "raise SystemExit(1)"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(var: Path, port: int) -> dict[str, str]:
    """A new installation's environment: nothing set but its folder and its port."""
    ours = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "LOG_LEVEL", "SECRET_KEY"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"FERMA_VAR": str(var), "PORT": str(port), "PYTHONUNBUFFERED": "1"}


class Running:
    """`manage.py serve` in a folder and on a port of its own."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = free_port()
        self.log = var / "serve.log"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=PROJECT,
            env=environment(var, self.port),
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
        )

    def health(self) -> int | None:
        """Status of the health page; None where nothing answers."""
        try:
            return urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10).status
        except HTTPError as error:
            return error.code
        except OSError:
            return None

    def becomes(self, *statuses: int, seconds: float) -> bool:
        """Whether the health page answers with one of the statuses in time, before the supervisor ends."""
        eventually(lambda: self.health() in statuses or self.process.poll() is not None, seconds=seconds)
        return self.health() in statuses

    def output(self) -> str:
        return self.log.read_text()

    def part(self, word: str) -> psutil.Process:
        """The process of a part: the supervisor's child whose command line has the word."""
        return next(p for p in psutil.Process(self.process.pid).children() if word in p.cmdline())


def test_serving_survives_a_flushed_broker_and_a_killed_worker_and_stops_cleanly(var):
    running = Running(var)
    assert running.becomes(200, seconds=120), running.output()

    redis.from_url(embedded.redis_url(var)).flushall()
    assert running.health() == 503
    assert running.becomes(200, seconds=60), running.output()

    running.part("worker").kill()
    redis.from_url(embedded.redis_url(var)).flushall()
    assert running.becomes(200, seconds=90), running.output()

    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(60) == 0, running.output()
    assert processes_of(var) == []
    output = running.output()
    assert f"Ferma is at http://127.0.0.1:{running.port}" in output
    assert "There are no accounts yet" in output
    assert "worker ended (SIGKILL); starting it again" in output
    assert "Traceback" not in output


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_nothing_outlives_a_killed_supervisor(var):
    running = Running(var)
    assert running.becomes(200, 503, seconds=120), running.output()
    running.process.kill()
    running.process.wait()
    assert eventually(lambda: processes_of(var) == [], seconds=60)


def test_a_port_in_use_is_said_in_a_sentence_before_anything_starts(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            cwd=PROJECT,
            env=environment(tmp_path, port),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode != 0
    assert done.stderr == (
        f"Port {port} on 127.0.0.1 cannot be used (Address already in use); choose another with PORT={port + 1}.\n"
    )
    assert not (tmp_path / "postgres").exists()
