"""Saved audiences."""

from datetime import UTC, datetime
from typing import Any

from core.models import User
from segmentation.actions import create_audience, watch
from segmentation.models import Audience
from tests.factories.core import ManagerFactory

SAVED = datetime(2026, 3, 1, 9, tzinfo=UTC)
AT_RISK = {"field": "lifecycle", "op": "in", "value": ["at_risk"]}


def audience(tree: Any = AT_RISK, *, name: str = "At risk", by: User | None = None, **fields: Any) -> Audience:
    """An audience of a manager, unless told otherwise."""
    return create_audience(name=name, tree=tree, by=by or ManagerFactory(), at=SAVED, **fields)


def watched(tree: Any = AT_RISK, *, at: datetime = SAVED, **fields: Any) -> Audience:
    """An audience whose members are kept from `at` on."""
    return watch(audience_id=audience(tree, **fields).pk, at=at, is_watched=True)
