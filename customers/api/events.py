"""What customers did on the site: pushed one by one or up to a thousand at once; timelines are read with filters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import IdFilter, MomentFilter
from core.idempotency import KEY, answered_once
from core.models import Scope, User
from customers.actions.events import record_events
from customers.actions.outcomes import Outcome
from customers.api.pushing import Push
from customers.api.schemas.events import EventIn, EventOut, EventPushed, EventsFates, EventsIn
from customers.models import EventKind, TimelineEvent
from customers.queries.timeline import timeline_of
from customers.rules.events import EventData, read_event


def _record(events: Sequence[EventData], _now: datetime, user: User) -> list[Outcome]:
    return record_events(events=events, user=user)


PUSH = Push("events", read_event, _record, told=("source", "key"))


class EventFilter(django_filters.FilterSet):
    """`at_from` is included, `at_before` is not: when it happened, whenever it was told."""

    customer = IdFilter(field_name="customer_id")
    kind = django_filters.MultipleChoiceFilter(choices=EventKind.choices)
    at_from = MomentFilter(field_name="at", lookup_expr="gte")
    at_before = MomentFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = TimelineEvent
        fields: list[str] = []


@extend_schema_view(get=extend_schema(tags=["events"], summary="Timeline events, the ones entered last first"))
class Events(ListAPIView):
    """The timelines of customers; a push of one thing that a customer did on the site."""

    required_scopes = {"GET": Scope.EVENTS_READ, "POST": Scope.EVENTS_WRITE}
    queryset = TimelineEvent.objects.none()
    serializer_class = EventOut
    filterset_class = EventFilter

    def get_queryset(self) -> Any:
        return timeline_of(self.request.user)

    @extend_schema(
        tags=["events"],
        summary="Push one event",
        description="Idempotent on source and key. 201: created; 200: known already.",
        request=EventIn,
        parameters=[KEY],
        responses={200: EventPushed, 201: EventPushed},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        return PUSH.one(request)


class EventsBulk(APIView):
    """A push of up to a thousand events."""

    required_scopes = {"POST": Scope.EVENTS_WRITE}

    @extend_schema(
        tags=["events"],
        summary="Push up to 1,000 events",
        description="Each row has its own fate; the good ones go in. 207: some were refused.",
        request=EventsIn,
        parameters=[KEY],
        responses={200: EventsFates, 207: EventsFates},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        return PUSH.many(request)
