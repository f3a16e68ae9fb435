"""Where the embedded servers listen, and the installation's secret key. Light: settings import it."""

import contextlib
import hashlib
import os
import secrets
from pathlib import Path
from urllib.parse import quote

POSTGRES_SOCKET = ".s.PGSQL.5432"
# sun_path holds 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET_PATH = 100


def secret_key(var: Path) -> str:
    """The installation's secret key, made on first use and kept in `var/secret_key`."""
    path = var / "secret_key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        draft = var / f"secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        # A link is made once: of two processes that start together, one's key stays and both read it.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


def database_url(var: Path) -> str:
    """Address of the embedded PostgreSQL's database; the server listens on a socket only."""
    return f"postgresql://postgres@/ferma?host={quote(str(socket_dir(var)), safe='')}"


def redis_url(var: Path) -> str:
    """Address of the embedded Valkey's socket."""
    return f"unix://{socket_dir(var) / 'valkey.sock'}"


def broker_url(redis_url: str) -> str:
    """The same Redis in Celery's spelling, which for a socket differs from everybody else's."""
    if not redis_url.startswith("unix://"):
        return redis_url
    return redis_url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")


def socket_dir(var: Path) -> Path:
    """Folder of both sockets: inside `var`, or a short one under /tmp where `var` is too deep for a socket.

    It depends on nothing but the path and the user, so that every process finds the same folder.
    """
    inside = var / "run"
    if len(os.fsencode(inside / POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH:
        return inside
    digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    return Path(f"/tmp/ferma-{os.getuid()}-{digest}")  # noqa: S108 (its owner and mode are checked on start)
