"""What flows added month by month, against those they left alone; and what messages cost."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection

from campaigns.queries.orders import ORDER_IN_PASSAGE
from campaigns.rules.effect import Estimate, Sample, mean_difference
from core.money import exponent

# As in `flow_effect`, but for the money spent on the customers, which stands on the other side here: what messages
# cost is not taken off, and a discount by a promo code is put back.
_GROUPS = f"""
    WITH margins AS (
        SELECT DISTINCT ON (kind) kind, margin_rate FROM segmentation_policy
        WHERE effective_from <= %(as_of)s ORDER BY kind, effective_from DESC
    )
    SELECT e.flow_id, f.code, f.name, date_trunc('month', e.entered_at AT TIME ZONE %(zone)s)::date, e.is_holdout,
           count(*), sum(x.margin), sum(x.margin * x.margin)
    FROM campaigns_enrolment e
    JOIN campaigns_flow f ON f.id = e.flow_id
    JOIN customers_customer c ON c.id = e.customer_id
    LEFT JOIN margins m ON m.kind = c.kind
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(
            o.revenue - o.known_cost - o.uncosted_revenue * (1 - coalesce(m.margin_rate, 0))
            + CASE WHEN o.promo_code <> '' THEN o.discount ELSE 0 END
        ), 0) / (10::float8 ^ %(exponent)s) AS margin
        FROM {ORDER_IN_PASSAGE}
    ) x
    WHERE e.entered_at >= %(first)s::timestamp AT TIME ZONE %(zone)s
      AND e.entered_at < %(end)s::timestamp AT TIME ZONE %(zone)s
    GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608
_MESSAGES = """
    SELECT date_trunc('month', sent_at AT TIME ZONE %(zone)s)::date, sum(cost)::bigint FROM campaigns_delivery
    WHERE sent_at >= %(first)s::timestamp AT TIME ZONE %(zone)s AND sent_at < %(end)s::timestamp AT TIME ZONE %(zone)s
    GROUP BY 1
"""
EMPTY = Sample(0, 0.0, 0.0)


@dataclass(frozen=True)
class FlowMonth:
    """The customers who entered a flow in a month: margins (major units) of those written to and those left alone."""

    flow_id: int
    code: str
    flow: str
    month: date
    treated: Sample
    holdout: Sample

    @property
    def each(self) -> Estimate | None:
        """What the flow added to the margin of one customer; none while a group has fewer than two."""
        return mean_difference(self.treated, self.holdout)

    @property
    def added(self) -> float | None:
        """To all who were written to."""
        return None if self.each is None else self.each.value * self.treated.count

    @property
    def is_proved(self) -> bool:
        """Whether the whole interval of 95 % lies above nothing."""
        return self.each is not None and self.each.low > 0


def flow_months(first: date, end: date, as_of: date) -> list[FlowMonth]:
    """The flows by month of entry, from `first` to before `end`."""
    groups: dict[tuple[int, date], dict[bool, Sample]] = {}
    names: dict[int, tuple[str, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, _values(first, end) | {"as_of": as_of, "exponent": exponent()})
        for flow, code, name, month, is_holdout, count, total, squares in cursor.fetchall():
            names[flow] = (code, name)
            groups.setdefault((flow, month), {})[is_holdout] = Sample(count, float(total), float(squares))
    return [
        FlowMonth(flow, *names[flow], month, found.get(False, EMPTY), found.get(True, EMPTY))
        for (flow, month), found in sorted(groups.items(), key=lambda item: (item[0][1], item[0][0]))
    ]


def pooled(rows: list[FlowMonth]) -> list[FlowMonth]:
    """Each flow over all the months together, where its proof is stronger; `month` is the first of them."""
    found: dict[int, FlowMonth] = {}
    for row in rows:
        known = found.get(row.flow_id)
        if known is not None:
            treated, holdout = _sum(known.treated, row.treated), _sum(known.holdout, row.holdout)
            row = replace(row, month=known.month, treated=treated, holdout=holdout)
        found[row.flow_id] = row
    return list(found.values())


def message_costs(first: date, end: date) -> dict[date, int]:
    """What the messages sent in each month cost, in minor units."""
    with connection.cursor() as cursor:
        cursor.execute(_MESSAGES, _values(first, end))
        return dict(cursor.fetchall())


def _sum(one: Sample, other: Sample) -> Sample:
    return Sample(one.count + other.count, one.total + other.total, one.squares + other.squares)


def _values(first: date, end: date) -> dict[str, Any]:
    return {"first": first, "end": end, "zone": settings.TIME_ZONE}
