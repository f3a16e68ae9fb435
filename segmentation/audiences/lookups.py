"""Pieces of SQL that the conditions need and Django does not have."""

import re
from typing import Any

from django.db.models import BooleanField, Exists, Func, Q
from django.db.models.expressions import NegatedExpression
from django.db.models.lookups import Lookup

# EXISTS, its negation, or anything else.
Condition = Q | Exists | NegatedExpression


class ILike(Lookup):
    """`column ILIKE pattern`, which a trigram index serves; the UPPER(column) of icontains it does not."""

    lookup_name = "ilike"
    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} ILIKE {right}", (*left_params, *right_params)


def escaped(text: str) -> str:
    """The text as a pattern that means nothing but itself."""
    return re.sub(r"([\\%_])", r"\\\1", text)


class _NotTrue(Func):
    """`(condition) IS NOT TRUE`: false or unknown. `NOT` alone would leave the unknown unknown."""

    template = "(%(expressions)s) IS NOT TRUE"
    arity = 1
    output_field = BooleanField()


def not_true(met: Condition) -> Condition:
    """Met by whoever does not meet `met`, or of whom it is unknown.

    EXISTS is never unknown, and its plain NOT is an anti-join.
    """
    return Q(_NotTrue(met)) if isinstance(met, Q) else ~met
