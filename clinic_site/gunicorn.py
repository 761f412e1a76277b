"""How gunicorn serves the site: the same under `script/server`, systemd and `script/bench`."""

import os
from pathlib import Path
from typing import Any

from clinic_site.logs import RedactTokens

# Threads, because a sync worker waits for every client that keeps its connection open.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
# Loaded once and then forked: the workers share its memory, and a broken start ends at once.
preload_app = True
timeout = 30
graceful_timeout = 10
keepalive = 5
# The heartbeat of a worker must not wait for a disk.
MEMORY = "/dev/shm"  # noqa: S108  gunicorn makes a nameless file in it
worker_tmp_dir = MEMORY if Path(MEMORY).is_dir() else None
control_socket_disable = True
# Whether a proxy's word counts is decided in the settings alone (BEHIND_PROXY).
forwarded_allow_ips = ""
# No access log: the address of a patient's page is its key.
accesslog = None
loglevel = "warning"


def on_starting(server: Any) -> None:
    """A request that fails is logged with its address, so patients' tokens are taken out here."""
    for handler in server.log.error_log.handlers:
        handler.addFilter(RedactTokens())
