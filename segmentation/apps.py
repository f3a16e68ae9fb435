"""Sees to it that each customer kind has a policy from the beginning of time."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.db.models.signals import post_migrate


class SegmentationConfig(AppConfig):
    name = "segmentation"

    def ready(self) -> None:
        post_migrate.connect(make_default_policies, sender=self)
        # Each module registers its fields.
        from segmentation.audiences import fields  # noqa: F401


def make_default_policies(*, using: str, apps: Any = installed, **_: Any) -> None:
    """Create the defaults of DESIGN, effective from 1970-01-01, where a kind has none.

    After each `migrate` rather than in a migration: a flushed database gets them back too.
    """
    from datetime import date

    from customers.models import CustomerKind

    try:
        policies = apps.get_model("segmentation", "Policy").objects.using(using)
    except LookupError:  # migrated back to before the table
        return
    for kind in CustomerKind.values:
        policies.get_or_create(kind=kind, effective_from=date(1970, 1, 1))
