"""The keeper: the process that owns the embedded servers, from their first user to their last.

Run by sharing.py as `python -m crm.embedded.keeper VAR`. Its standard output is VAR/log/servers.log; when it
gives up, its last line there says why.
"""

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from crm.embedded import postgres, valkey
from crm.embedded.account import Account, NoAccountError, open_the_way, server_account
from crm.embedded.addresses import socket_dir
from crm.embedded.locks import KEEPER, USERS, Lock
from crm.processes import Part, PartFailedError, restart_what_ended, stop

PROJECT = Path(__file__).resolve().parent.parent.parent
LOG_BYTES = 5_000_000


class Keeper:
    """The two servers of one `var` folder."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.run = var / "run"
        self.sockets = socket_dir(var)
        self.asked_to_stop = False
        self.parts: list[Part] = []

    def keep(self) -> None:
        """Start both servers, watch them, and stop them once the last user has left."""
        users = Lock(self.run / USERS)
        try:
            self._start()
            while not self.asked_to_stop and not users.own(wait=False):
                restart_what_ended(self.parts, _say)
                time.sleep(0.2)
        finally:
            (self.run / "ready").unlink(missing_ok=True)
            stop(self.parts)

    def ask_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked_to_stop = True

    def _start(self) -> None:
        account = server_account(PROJECT)
        data = self.var / "postgres"
        self._open_folders(account)
        postgres.prepare(data, account)
        postgres.clear_leftovers(data)
        # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
        database = self._part("postgres", postgres.command(data, self.sockets), account, signal.SIGINT)
        broker = self._part("valkey", valkey.command(self.sockets), account, signal.SIGTERM)
        postgres.wait_until_ready(self.sockets, database.is_alive)
        valkey.wait_until_ready(self.sockets, broker.is_alive)
        (self.run / "ready").write_text(str(os.getpid()))

    def _part(self, name: str, command: list[str], account: Account | None, stop_signal: signal.Signals) -> Part:
        log = self.var / "log" / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.rename(log.with_suffix(".log.old"))
        part = Part(name, command, account=account, log=log, stop_signal=stop_signal)
        part.start()
        self.parts.append(part)
        return part

    def _open_folders(self, account: Account | None) -> None:
        """Make the folder of the sockets, for the servers' account alone."""
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        owner = account.uid if account else os.getuid()
        if self.sockets.stat().st_uid not in {owner, os.getuid()} or self.sockets.is_symlink():
            raise postgres.PostgresError(f"{self.sockets} belongs to somebody else; remove it.")
        self.sockets.chmod(0o700)
        if account is None:
            return
        os.chown(self.sockets, account.uid, account.gid)
        opened = [
            folder
            for path in (self.var / "postgres", self.sockets, postgres.POSTGRES_BIN_PATH / "postgres")
            for folder in open_the_way(path)
        ]
        ways = f", which may now pass through {', '.join(map(str, opened))}" if opened else ""
        _say(f"PostgreSQL does not run as root: the servers run as the account {account.name}{ways}")


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def main() -> int:
    var = Path(sys.argv[1])
    lock = Lock(var / "run" / KEEPER)
    if not lock.own(wait=False):
        _say("Another keeper already has these servers.")
        return 1
    (var / "run" / KEEPER).write_text(str(os.getpid()))
    keeper = Keeper(var)
    signal.signal(signal.SIGTERM, keeper.ask_to_stop)
    try:
        keeper.keep()
    except (postgres.PostgresError, valkey.ValkeyError, NoAccountError, PartFailedError, OSError) as error:
        _say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
