"""The Celery application: `celery -A crm worker`, `celery -A crm beat`."""

import logging.config
import os
from typing import Any

from celery import Celery, signals
from django_structlog.celery.steps import DjangoStructLogInitStep

from crm.origin import announce

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("ferma")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@signals.setup_logging.connect
def use_the_projects_logging(**_: Any) -> None:
    """Keep Celery from setting up logs of its own beside ours."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@signals.worker_init.connect
def tell_the_journal(**_: Any) -> None:
    """Workers open a connection for each task; before they are forked is the time to say what they are."""
    announce("task")
