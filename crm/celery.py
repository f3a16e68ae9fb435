"""The Celery application: `celery -A crm worker`, `celery -A crm beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("ferma")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
