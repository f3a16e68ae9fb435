"""Subqueries that say the same for every row and every reader, written as SQL once."""

from collections.abc import Callable
from typing import Any

from django.db.models import Expression
from django.utils.functional import cached_property


class Frozen(Expression):
    """An annotation whose subquery names no value but the row's own key: its SQL is kept from its first use.

    A card reads a dozen small things along with its customer, and Django took longer to write the statement anew than
    the database to answer it. Always for rows of the same model, which is the outermost of its query.
    """

    def __init__(self, build: Callable[[], Any]) -> None:
        super().__init__()
        self.build = build
        self._written: tuple[str, Any] | None = None

    @cached_property
    def output_field(self) -> Any:
        return self.build().output_field

    def resolve_expression(self, *_args: Any, **_kwargs: Any) -> "Frozen":
        return self

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:  # noqa: ARG002 - Django's signature
        if self._written is None:
            self._written = compiler.compile(self.build().resolve_expression(compiler.query))
        return self._written

    def copy(self) -> "Frozen":
        return self
