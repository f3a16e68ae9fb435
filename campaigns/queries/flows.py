"""Reads of flows: the list, the funnel, who is where."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import RawSQL

from campaigns.models import Delivery, Enrolment, EnrolmentState, Flow, FlowStep, HeldBack
from campaigns.queries.orders import ORDER_IN_PASSAGE
from core.models import User
from customers.models import Customer

# The same condition as in the effect, so that a number and its rows agree.
_ORDERED = ORDER_IN_PASSAGE.replace("e.", '"campaigns_enrolment".').replace("%(zone)s", "%s")
GROUPS: dict[str, Q] = {
    "treated": Q(is_holdout=False),
    "holdout": Q(is_holdout=True),
    "inside": Q(state=EnrolmentState.ACTIVE),
    "finished": Q(state=EnrolmentState.FINISHED),
}


def flow_rows() -> QuerySet[Flow]:
    """Flows with how many entered, are inside, are held out."""
    return Flow.objects.annotate(
        entered=Count("enrolments", filter=Q(enrolments__is_holdout=False)),
        inside=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.ACTIVE)),
        held_out=Count("enrolments", filter=Q(enrolments__is_holdout=True)),
    ).order_by("name")


@dataclass
class StepRow:
    """One step of the funnel. `waiting` are before it, `taken` have it behind them; then what became of messages."""

    step: FlowStep
    waiting: int = 0
    taken: int = 0
    states: dict[str, int] = field(default_factory=dict)
    held_back: list[tuple[str, str, int]] = field(default_factory=list)
    ordered_after: int = 0

    @property
    def next_position(self) -> int:
        """Where those stand who have taken this step and no other since."""
        return self.step.position + 1

    @property
    def sent(self) -> int:
        return self.states.get("sent", 0)

    @property
    def on_the_way(self) -> int:
        return sum(self.states.get(state, 0) for state in ("due", "claimed", "sending"))

    @property
    def failed(self) -> int:
        return self.states.get("failed", 0)

    @property
    def ambiguous(self) -> int:
        return self.states.get("ambiguous", 0)


def funnel(flow: Flow) -> list[StepRow]:
    """The steps with the numbers of those treated: waiting, sent, held back, ordered after."""
    rows = {step.pk: StepRow(step) for step in flow.steps.all()}
    by_position = {row.step.position: row for row in rows.values()}
    _count_passages(flow, by_position)
    for step_id, state, reason, number in _deliveries(flow):
        row = rows[step_id]
        row.states[state] = row.states.get(state, 0) + number
        if reason:
            row.held_back.append((reason, str(HeldBack(reason).label), number))
    return [by_position[position] for position in sorted(by_position)]


def _count_passages(flow: Flow, by_position: Mapping[int, StepRow]) -> None:
    treated = Enrolment.objects.filter(flow=flow, is_holdout=False)
    inside: dict[int, int] = defaultdict(int)
    for state, position, number in _grouped(treated, "state", "next_position"):
        if state == EnrolmentState.ACTIVE:
            inside[position] += number
        for row in by_position.values():
            row.taken += number if position > row.step.position else 0
    ordered: dict[int, int] = dict(_grouped(with_order(treated).filter(has_ordered=True), "next_position"))
    for position, row in by_position.items():
        row.waiting = inside[position]
        row.ordered_after = ordered.get(position + 1, 0)


def _grouped(rows: QuerySet, *fields: str) -> list[tuple]:
    return list(rows.order_by().values_list(*fields).annotate(number=Count("pk")))


def _deliveries(flow: Flow) -> list[tuple]:
    of_flow = Delivery.objects.filter(step__flow=flow).order_by()
    return list(of_flow.values_list("step_id", "state", "held_back").annotate(number=Count("pk")))


def with_order(rows: QuerySet[Enrolment]) -> QuerySet[Any]:
    """Adds `has_ordered`: whether a counted order was placed while the passage was measured."""
    return rows.annotate(has_ordered=RawSQL(f"EXISTS (SELECT FROM {_ORDERED})", [settings.TIME_ZONE]))  # noqa: S611


def passages(
    flow: Flow, user: User, *, group: str = "", position: int | None = None, ordered: bool = False
) -> QuerySet[Enrolment]:
    """Rows behind a number of the flow's page, newest first; only customers whom the user may see."""
    rows: QuerySet[Any] = with_order(Enrolment.objects.filter(flow=flow))
    rows = rows.filter(customer__in=Customer.objects.for_user(user)) if not user.sees_whole_base else rows
    if group in GROUPS:
        rows = rows.filter(GROUPS[group])
    if position is not None:
        rows = rows.filter(next_position=position)
    if ordered:
        rows = rows.filter(has_ordered=True)
    return rows.select_related("customer", "order").order_by(F("entered_at").desc(), "-pk")
