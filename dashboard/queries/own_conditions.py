"""Conditions on the company's own fields, as the filters of the list ask them."""

from dataclasses import dataclass
from typing import Any

from customers.models import FieldKind
from customers.models.customer import CustomerQuerySet
from segmentation.audiences.own_values import compares, has_part, has_value


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


def with_own(customers: CustomerQuerySet, condition: OwnCondition) -> CustomerQuerySet:
    """The customers whose own field is like that."""
    code, value = condition.code, condition.value
    if condition.operator == "is":
        return customers.filter(has_value(code, value))
    if condition.operator == "has":
        return customers.filter(has_part(code, "contains", value))
    return customers.filter(compares(code, "ge" if condition.operator == "from" else "le", value))
