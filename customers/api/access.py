"""Reading customers through the API is written down: who, when, how many, from where."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from core.visitors import visitor
from customers.actions.guard import record_access
from customers.models import AccessKind


class GivesOutCustomers:
    """A view that tells of customers: each answer that does leaves one entry, none where it tells of nobody."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        given = _given_out(response.data) if request.method == "GET" and response.status_code == 200 else 0
        if given:
            who = visitor(request._request)
            record_access(
                by=request.user,
                kind=AccessKind.API,
                at=timezone.now(),
                customers=given,
                detail={"path": request.path, "by": _narrowed_by(self, request), "token": request.auth.pk},
                ip=who.ip,
                agent=who.agent,
                customer_id=self.kwargs.get("pk"),
            )
        return super().finalize_response(request, response, *args, **kwargs)


def _given_out(data: Any) -> int:
    if "results" not in data:
        return 1
    return len({row.get("customer", row["id"]) for row in data["results"]})


def _narrowed_by(view: Any, request: Request) -> list[str]:
    """The names of the filters that were used; their values would be personal data once more."""
    filters = getattr(view, "filterset_class", None)
    return sorted(filters.base_filters.keys() & request.query_params.keys()) if filters else []
