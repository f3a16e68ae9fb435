"""Ferma's own PostgreSQL and Valkey, out of Python wheels, under `var/`."""

import secrets
from pathlib import Path
from urllib.parse import quote


def secret_key(var: Path) -> str:
    """The installation's secret key, made on first use and kept in `var/secret_key`."""
    path = var / "secret_key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


def database_url(var: Path) -> str:
    """Address of the embedded PostgreSQL's database; the server listens on a socket only."""
    return f"postgresql://postgres@/ferma?host={quote(str(socket_dir(var)), safe='')}"


def redis_url(var: Path) -> str:
    """Address of the embedded Valkey's socket."""
    return f"unix://{socket_dir(var) / 'valkey.sock'}"


def socket_dir(var: Path) -> Path:
    """Folder of both sockets."""
    return var / "run"
