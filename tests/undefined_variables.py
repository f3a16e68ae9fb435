"""Fails a test whose page prints a variable that does not exist; Django itself would print nothing."""

import inspect
from pathlib import Path

import pytest
from django.template.base import Node

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


class UndefinedVariable(str):
    """What Django prints in place of an undefined variable (`string_if_invalid`).

    Templates of libraries rely on printing nothing, and are let through.
    """

    __slots__ = ()

    def __new__(cls) -> "UndefinedVariable":
        # Django asks whether the string holds "%s", and then fills in the variable's name.
        return super().__new__(cls, "%s")

    def __mod__(self, variable: object) -> str:
        template = _template_being_rendered()
        if template is not None and template.is_relative_to(TEMPLATES):
            pytest.fail(f"{template.relative_to(TEMPLATES)} prints {variable}, which is not defined")
        return ""


def _template_being_rendered() -> Path | None:
    frame = inspect.currentframe()
    while frame is not None:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None) is not None:
            return Path(node.origin.name)
        frame = frame.f_back
    return None
