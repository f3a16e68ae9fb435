"""Conditions on the company's own fields: codes and values travel as parameters, no text becomes SQL or a keyword."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, F, Func, JSONField, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import IContains

from customers.models import FieldKind
from customers.models.customer import CustomerQuerySet


@dataclass(frozen=True)
class OwnCondition:
    """One own field asked for. `operator`: is, has (a part of a text), from, to (both included)."""

    code: str
    kind: str
    operator: str
    value: Any

    @property
    def parameter(self) -> tuple[str, str]:
        """What an address needs to ask for the same."""
        name = f"own_{self.code}"
        if self.operator in ("from", "to"):
            return f"{name}_{self.operator}", str(self.value)
        return name, {True: "yes", False: "no"}.get(self.value, str(self.value)) if self._is_yes_no else str(self.value)

    @property
    def _is_yes_no(self) -> bool:
        return self.kind == FieldKind.YES_NO


class _PathExists(Func):
    """Whether a JSON path finds something; values of another type than asked for are simply not found."""

    function = "jsonb_path_exists"
    output_field = BooleanField()


_PATHS = {"from": "$.keyvalue() ? (@.key == $code).value ? (@ >= $value)"}
_PATHS["to"] = _PATHS["from"].replace(">=", "<=")


def with_own(customers: CustomerQuerySet, condition: OwnCondition) -> CustomerQuerySet:
    """The customers whose own field is like that."""
    # The index on own fields leaves out customers without any.
    customers = customers.exclude(custom={})
    if condition.operator == "is":
        return customers.filter(custom__contains={condition.code: condition.value})
    if condition.operator == "has":
        return customers.filter(IContains(KeyTextTransform(condition.code, "custom"), condition.value))
    value = condition.value.isoformat() if isinstance(condition.value, date) else float(condition.value)
    told = Value({"code": condition.code, "value": value}, output_field=JSONField())
    path = Func(Value(_PATHS[condition.operator]), template="%(expressions)s::jsonpath")
    return customers.filter(Q(_PathExists(F("custom"), path, told)))
