"""Audiences that the company's people keep: shared, watched, with versions, one fixed list."""

from datetime import datetime, timedelta
from typing import Any

from core.models import User
from dashboard.audience_examples import BY_CODE
from demo.actions.accounts import farmers, person
from segmentation.actions import change_audience, create_audience, freeze, watch
from segmentation.models import Audience

# Who keeps which of the examples, how many days ago it was made, and whether everybody may see it.
KEPT = (
    ("marketer", "one-order", 61, True),
    ("marketer", "birthday", 47, True),
    ("manager", "detractors", 33, True),
    ("manager", "unreachable", 12, False),
)
LEAVING = "good-leaving"
FIXED = "forgotten"


def keep_audiences(*, now: datetime) -> None:
    """Write them as the people would have: the watched one had a narrower first version."""
    marketer = person("marketer")
    example = BY_CODE[LEAVING]
    first: dict[str, Any] = {"all": [{"field": "grade", "op": "in", "value": ["A"]}, *example.tree["all"][1:]]}
    about: dict[str, Any] = {
        "name": str(example.name),
        "description": str(example.why),
        "is_shared": True,
        "by": marketer,
    }
    made = create_audience(tree=first, at=now - timedelta(days=75), **about)
    change_audience(audience_id=made.pk, tree=example.tree, at=now - timedelta(days=40), **about)
    watch(audience_id=made.pk, at=now, by=marketer, is_watched=True)
    for role, code, days, is_shared in KEPT:
        _keep(code, person(role), now - timedelta(days=days), is_shared=is_shared)
    _keep("order-due", farmers()[0], now - timedelta(days=9), is_shared=False)
    source = _keep(FIXED, person("manager"), now - timedelta(days=5), is_shared=False)
    freeze(audience_id=source.pk, name=f"{source.name}, {now:%d.%m}", by=person("manager"), at=now)


def _keep(code: str, by: User, at: datetime, *, is_shared: bool) -> Audience:
    example = BY_CODE[code]
    return create_audience(
        name=str(example.name),
        description=str(example.why),
        tree=example.tree,
        by=by,
        at=at,
        is_shared=is_shared,
    )
