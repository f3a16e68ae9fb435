"""What a flow did to orders and margin, against its holdout."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection

from campaigns.models import Flow
from campaigns.queries.orders import ORDER_IN_PASSAGE
from campaigns.rules.effect import Estimate, Sample, difference, mean_difference, wilson
from core.money import from_minor

# margin = revenue - known cost - revenue without a known cost x (1 - the policy's margin), of the orders that were
# placed while the passage was measured, less what its messages cost.
_GROUPS = f"""
    WITH margins AS (
        SELECT DISTINCT ON (kind) kind, margin_rate FROM segmentation_policy
        WHERE category_id IS NULL AND effective_from <= %(as_of)s ORDER BY kind, effective_from DESC
    ), spent AS (
        SELECT enrolment_id, sum(cost) AS cost FROM campaigns_delivery
        WHERE cost > 0 AND enrolment_id IN (SELECT id FROM campaigns_enrolment WHERE flow_id = %(flow)s)
        GROUP BY 1
    ), passages AS (
        SELECT e.is_holdout, x.orders > 0 AS ordered,
               (x.margin - coalesce(s.cost, 0)) / (10::float8 ^ %(exponent)s) AS margin
        FROM campaigns_enrolment e
        JOIN customers_customer c ON c.id = e.customer_id
        LEFT JOIN margins m ON m.kind = c.kind
        LEFT JOIN spent s ON s.enrolment_id = e.id
        CROSS JOIN LATERAL (
            SELECT count(*) AS orders, coalesce(
                sum(o.revenue - o.known_cost - o.uncosted_revenue * (1 - coalesce(m.margin_rate, 0))), 0
            ) AS margin
            FROM {ORDER_IN_PASSAGE}
        ) x
        WHERE e.flow_id = %(flow)s
    )
    SELECT is_holdout, count(*), count(*) FILTER (WHERE ordered), sum(margin), sum(margin * margin)
    FROM passages GROUP BY is_holdout
"""  # noqa: S608


@dataclass(frozen=True)
class Group:
    """The treated or the holdout: how many entered, how many ordered since, their margin (major units)."""

    entered: int
    ordered: int
    margin: Sample

    @property
    def share(self) -> Estimate | None:
        """Share that ordered; None for an empty group."""
        return wilson(self.ordered, self.entered) if self.entered else None

    @property
    def mean_margin(self) -> Decimal:
        return Decimal(self.margin.mean)


@dataclass(frozen=True)
class MoneyEstimate:
    """An amount with its 95% interval, in major units."""

    value: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Effect:
    """The two groups, and what being in the flow changed, with 95% intervals."""

    treated: Group
    holdout: Group

    @property
    def share(self) -> Estimate | None:
        return difference((self.treated.ordered, self.treated.entered), (self.holdout.ordered, self.holdout.entered))

    @property
    def margin(self) -> MoneyEstimate | None:
        """Margin per customer, of the treated after the cost of their messages."""
        found = mean_difference(self.treated.margin, self.holdout.margin)
        if found is None:
            return None
        return MoneyEstimate(Decimal(found.value), Decimal(found.low), Decimal(found.high))

    @property
    def extra_orders(self) -> float | None:
        """How many of the treated ordered who would not have otherwise."""
        return None if self.share is None else self.share.value * self.treated.entered


def flow_effect(flow: Flow, as_of: date) -> Effect:
    """The effect up to now. Both groups enter on the same days, so they may be compared at any moment."""
    values: dict[str, Any] = {
        "flow": flow.pk,
        "zone": settings.TIME_ZONE,
        "as_of": as_of,
        "exponent": -int(from_minor(1).as_tuple().exponent),
    }
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, values)
        groups = {row[0]: _group(*row[1:]) for row in cursor.fetchall()}
    nobody = _group(0, 0, 0.0, 0.0)
    return Effect(groups.get(False, nobody), groups.get(True, nobody))


def _group(entered: int, ordered: int, margin: float, squares: float) -> Group:
    return Group(entered, ordered, Sample(entered, float(margin), float(squares)))
