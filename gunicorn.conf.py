"""How gunicorn serves `crm.wsgi`; it reads this file by itself. `--bind ADDRESS` says where."""

import os

from crm import logs
from crm.settings import LOG_FORMAT, LOG_LEVEL

wsgi_app = "crm.wsgi:application"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# The code is loaded once, before the workers are forked.
preload_app = True
# Below the supervisor's patience, so that requests under way are finished when it stops.
graceful_timeout = 15
timeout = 60
# The conditions of a list stand in its address.
limit_request_line = 8190
# Workers prove they live by touching a file: not on a disk that may be slow.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
control_socket_disable = True
logconfig_dict = logs.configure(as_json=LOG_FORMAT == "json", level=LOG_LEVEL) | {
    "loggers": {"gunicorn.error": {"propagate": True}, "gunicorn.access": {"level": "WARNING"}}
}
