"""PostgreSQL refuses to run as root: the account that runs the servers then, and its way to their files."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SYSTEM_ACCOUNT = "ferma"


class NoAccountError(Exception):
    """Run as root, and no other account could be found or made."""


@dataclass(frozen=True)
class Account:
    """A system account that the servers run as."""

    name: str
    uid: int
    gid: int


def server_account(project: Path) -> Account | None:
    """The account to run the servers as; None where the current user will do (anybody but root).

    As root: the owner of the project's folder, else `postgres` if there is one, else a system account
    `ferma`, which is made. Raises NoAccountError.
    """
    if os.geteuid() != 0:
        return None
    owner = project.stat().st_uid
    entry = _entry(owner) or _entry("postgres") or _entry(SYSTEM_ACCOUNT) or _new_entry()
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _entry(who: int | str) -> pwd.struct_passwd | None:
    """The account's entry in the password file; None for root and for one that does not exist."""
    try:
        entry = pwd.getpwuid(who) if isinstance(who, int) else pwd.getpwnam(who)
    except KeyError:
        return None
    return entry if entry.pw_uid != 0 else None


def _new_entry() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_ACCOUNT]
    if shutil.which("useradd") and subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return pwd.getpwnam(SYSTEM_ACCOUNT)
    raise NoAccountError(
        "PostgreSQL does not run as root, and no other account could be made for it: "
        "start Ferma as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def open_the_way(path: Path) -> list[Path]:
    """Let every account pass through the folders above `path`, not list them; returns those changed."""
    opened = []
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)
            opened.append(folder)
    return opened
