"""What the figures of the overview open: their customers, and the pages behind them, narrowed like the overview."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from dashboard.figures.filters import POOL
from dashboard.links import customers_where
from dashboard.queries.overview_part import Asked
from dashboard.queries.work import Overdue
from nps.forms import LAST_YEAR
from nps.queries import first_month
from nps.rules.score import DETRACTOR_TO, PROMOTER_FROM
from touches.models import TaskState

AT_RISK = {"field": "value_at_risk", "op": "gt", "value": "0"}
BEYOND_REACH = {"field": "reachable", "op": "is", "value": False}
SCORES = {
    "promoter": [PROMOTER_FROM, 10],
    "passive": [DETRACTOR_TO + 1, PROMOTER_FROM - 1],
    "detractor": [0, DETRACTOR_TO],
}


def links_of(asked: Asked) -> dict[str, Any]:
    """Addresses by what opens them; `within` follows the other parameters of a list of customers."""
    period = (
        {"first": f"{asked.filters.first:%Y-%m}", "last": f"{asked.filters.last:%Y-%m}"} if asked.has_period else {}
    )
    part = {name: getattr(asked.filters, name) for name in ("grade", "owner", "channel", "category")}
    by_channel = {"channel": asked.filters.channel}
    return {
        "within": within_part(asked),
        "risk": _where(asked, AT_RISK),
        "risk_beyond": _where(asked, AT_RISK, BEYOND_REACH),
        "base_value": _page("base_value", period | part),
        "ltv": _page("ltv", part),
        "cac": _page("cac", period | by_channel),
        "cac_paid": _page("cac", period | by_channel | {"measure": "paid"}),
        "overdue": overdue_url(asked),
        "answers": {kind: _answers_url(asked, kind) for kind in SCORES},
    }


def within_part(asked: Asked) -> str:
    """What narrows a list of customers to the part, after its other parameters."""
    leaves = asked.filters.conditions()
    return f"&{customers_where({'all': leaves}).partition('?')[2]}" if leaves else ""


def overdue_url(asked: Asked, row: Overdue | None = None) -> str:
    """The customers whose tasks are late: all, or those whose tasks are one person's (or of the pool)."""
    late: dict[str, Any] = {"state": [TaskState.OPEN], "to": str(asked.today - timedelta(days=1))}
    if row is not None:
        late["owner"] = [str(row.owner_id or POOL)]
    return _where(asked, {"field": "task", "op": "some", "value": late})


def _answers_url(asked: Asked, kind: str) -> str:
    """The answers; of a part the customers who gave them."""
    if not asked.filters.is_narrowed:
        return _page("nps_answers", {"month": LAST_YEAR, "kind": kind})
    value = {"score": SCORES[kind], "from": str(first_month(asked.today))}
    return _where(asked, {"field": "answered", "op": "some", "value": value})


def _where(asked: Asked, *leaves: dict[str, Any]) -> str:
    return customers_where({"all": [*leaves, *asked.filters.conditions()]})


def _page(name: str, asked: dict[str, str]) -> str:
    told = urlencode({key: value for key, value in asked.items() if value})
    return f"{reverse(name)}?{told}" if told else reverse(name)
