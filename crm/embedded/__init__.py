"""Ferma's own PostgreSQL and Valkey, out of Python wheels, under `var/`.

`servers(var)` lends them to whoever needs them: the supervisor, a command run alone, the tests. The first
user starts a keeper (keeper.py), a process of its own that owns both servers; it stops them when the last
user has left, however that user ended.
"""

from crm.embedded.addresses import broker_url, database_url, redis_url, secret_key, socket_dir
from crm.embedded.sharing import EmbeddedServersError, keeper_runs, servers

__all__ = [
    "EmbeddedServersError",
    "broker_url",
    "database_url",
    "keeper_runs",
    "redis_url",
    "secret_key",
    "servers",
    "socket_dir",
]
