"""Sees to it that there are reasons to choose from."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.db.models.signals import post_migrate


class MarketConfig(AppConfig):
    name = "market"

    def ready(self) -> None:
        post_migrate.connect(make_first_reasons, sender=self)


def make_first_reasons(*, using: str, apps: Any = installed, **_: Any) -> None:
    """The reasons that every installation begins with, where there are none.

    After each `migrate` rather than in a migration: a flushed database gets them back too.
    """
    from market.words import NAMES

    try:
        reasons = apps.get_model("market", "LeavingReason").objects.using(using)
    except LookupError:  # migrated back to before the table
        return
    if not reasons.exists():
        model = reasons.model
        reasons.bulk_create(model(code=code, position=place) for place, code in enumerate(NAMES, start=1))
