"""The ticks that work imports off, and that look for duplicates."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from customers.actions import imports
from customers.actions.duplicates import look_at_due

# They are full of names and addresses; what became of the rows stays with the import.
FILES_KEPT = timedelta(days=30)


@shared_task(name="customers.run_imports", time_limit=6 * 3600)
def run_imports() -> int:
    """Work off the next import that is due."""
    return imports.run_due(now=timezone.now())


@shared_task(name="customers.forget_files")
def forget_files() -> int:
    """Take away files of imports that nobody needs any more; returns how many."""
    return imports.forget_files(before=timezone.now() - FILES_KEPT)


@shared_task(name="customers.look_for_duplicates")
def look_for_duplicates() -> int:
    """Look at the cards that changed; returns how many."""
    return look_at_due(now=timezone.now()).cards
