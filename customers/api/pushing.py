"""What all pushes have in common: one row or up to a thousand, read, recorded, and answered row by row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.models import User
from customers.actions import company
from customers.actions.outcomes import Outcome
from customers.api import answers
from customers.rules.faults import Fault, Faulty
from customers.rules.records import Company
from customers.rules.versions import Fate

MAX_BULK = 1000
REPEATED = frozenset(("duplicate_in_batch", "repeated_in_batch"))


@dataclass(frozen=True, slots=True)
class Push:
    """One kind of row: the name of the list in a bulk, how a row is read and recorded, what it is told by."""

    name: str
    read: Callable[[Any, Company, datetime], Any]
    record: Callable[[Sequence[Any], datetime, User], Sequence[Outcome]]
    told: tuple[str, ...] = ()
    of_customers: bool = True

    def one(self, request: Request, row: Any = None) -> Response:
        """Record the body (or the row made of it). Refused, it answers 400, or 409 where versions clash."""
        row = request.data if row is None else row
        now = timezone.now()
        try:
            read = self.read(row, company(), now)
        except Faulty as refusal:
            return answers.refused(refusal.faults)
        outcome = self.record([read], now, request.user)[0]
        if outcome.fate == Fate.REFUSED:
            return answers.refused(outcome.faults)
        return answers.accepted(outcome.fate, **self._ids(outcome, row))

    def many(self, request: Request) -> Response:
        """Record the rows that can be; each has its own fate."""
        rows = self._rows(request.data)
        now, ours = timezone.now(), company()
        refused: dict[int, Outcome] = {}
        read: dict[int, Any] = {}
        for index, row in enumerate(rows):
            try:
                read[index] = self.read(row, ours, now)
            except Faulty as refusal:
                refused[index] = Outcome(Fate.REFUSED, faults=refusal.faults)
        places = list(read)
        recorded = dict(zip(places, self.record(list(read.values()), now, request.user), strict=True))
        outcomes = refused | recorded
        return answers.bulk([self._row(index, row, outcomes[index], places) for index, row in enumerate(rows)])

    def _rows(self, body: Any) -> list[Any]:
        rows = body.get(self.name) if isinstance(body, dict) else None
        if not isinstance(rows, list):
            text = _("Expected an object with `%(name)s`, a list.") % {"name": self.name}
            raise ValidationError({self.name: [text]})
        if not 0 < len(rows) <= MAX_BULK:
            text = _("%(count)s rows, but 1 to %(limit)s are taken.")
            raise ValidationError({self.name: [text % {"count": len(rows), "limit": MAX_BULK}]})
        return rows

    def _row(self, index: int, row: Any, outcome: Outcome, places: list[int]) -> dict[str, Any]:
        faults = [_in_body(fault, places) for fault in outcome.faults]
        return {
            "index": index,
            "fate": outcome.fate.value,
            **self._ids(outcome, row),
            "errors": answers.error_items(faults),
        }

    def _ids(self, outcome: Outcome, row: Any) -> dict[str, Any]:
        data = row if isinstance(row, dict) else {}
        told = {name: _echo(data.get(name)) for name in self.told}
        whose = {"customer": outcome.customer_id} if self.of_customers else {}
        return {"id": outcome.id, **whose, **told}


def _echo(value: Any) -> str | None:
    return str(value)[:200] if isinstance(value, str | int) and not isinstance(value, bool) else None


def _in_body(fault: Fault, places: list[int]) -> Fault:
    """A repeated row is counted among those that could be read; the caller counts all rows of the body."""
    if fault.code not in REPEATED:
        return fault
    return Fault(fault.field, fault.code, {"first": places[fault.params["first"]]})
