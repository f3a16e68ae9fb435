"""The answers to pushes, in one shape for one row and for a thousand."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rest_framework import status
from rest_framework.response import Response

from core.api_errors import error_body, error_item
from customers.actions.faults import CLASHES, fault_text
from customers.rules.faults import Fault
from customers.rules.versions import Fate


def error_items(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """Faults in the API's shape, in the caller's language."""
    return [error_item(fault.code, fault_text(fault), fault.field or None) for fault in faults]


# The body itself has the wrong form, as OpenAPI describes it; everything else is a rule that refuses what it says.
FORM = frozenset((
    "required", "unknown_field", "not_object", "not_list", "too_many", "not_text", "bad_characters", "too_long",
    "not_number", "not_finite", "not_integer", "negative", "too_large", "not_moment", "unknown_choice", "not_yes_no",
    "not_a_share",
))  # fmt: skip


def refused(faults: Sequence[Fault]) -> Response:
    """Every mistake: 409 where versions contradict each other, 400 for a wrong form, 422 for what a rule refuses."""
    if any(fault.code in CLASHES for fault in faults):
        return Response(error_body("client_error", error_items(faults)), status=status.HTTP_409_CONFLICT)
    return Response(error_body("validation_error", error_items(faults)), status=status_of(faults))


def status_of(faults: Sequence[Fault]) -> int:
    """400 where the form is wrong, 422 where only rules refuse."""
    wrong_form = any(fault.code in FORM and not _is_of_own_field(fault) for fault in faults)
    return status.HTTP_400_BAD_REQUEST if wrong_form else status.HTTP_422_UNPROCESSABLE_ENTITY


def _is_of_own_field(fault: Fault) -> bool:
    """OpenAPI cannot know the company's own fields: what is wrong in them is no wrong form."""
    return (fault.field + ".").startswith("custom.") and fault.code != "not_object"


def accepted(fate: Fate, **row: Any) -> Response:
    """201 for what was created, 200 for the rest, with its fate."""
    code = status.HTTP_201_CREATED if fate == Fate.CREATED else status.HTTP_200_OK
    return Response({"fate": fate.value, **row}, status=code)


def bulk(results: list[dict[str, Any]]) -> Response:
    """The result of each row, with counts; 207 where some were refused, so that nobody overlooks it."""
    counts = Counter(row["fate"] for row in results)
    code = status.HTTP_207_MULTI_STATUS if counts[Fate.REFUSED.value] else status.HTTP_200_OK
    body = {fate.value: counts[fate.value] for fate in Fate}
    return Response({**body, "results": results}, status=code)
