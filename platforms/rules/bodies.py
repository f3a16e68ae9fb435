"""Bodies of requests, decoded within bounds. Everything here is hostile until proven otherwise."""

import json
import re
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from platforms.rules.contract import Unreadable

MAX_BODY = 5 * 1024 * 1024
MAX_DEPTH = 40
MAX_FIELDS = 20_000
_PATH = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_STEP = re.compile(r"\[([^\[\]]*)\]")


def read_json(body: bytes) -> dict[str, Any]:
    """A JSON object with exact decimals. Raises Unreadable for anything else."""
    try:
        data = json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise Unreadable("not_json") from error
    if not isinstance(data, dict):
        raise Unreadable("not_object")
    if _depth(data) > MAX_DEPTH:
        raise Unreadable("too_deep")
    return data


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _depth(data: Any) -> int:
    level, depth = [data], 0
    while level:
        depth += 1
        level = [inner for outer in level for inner in _children(outer) if isinstance(inner, dict | list)]
    return depth


def _children(data: Any) -> Any:
    return data.values() if isinstance(data, dict) else data


def read_form(body: bytes) -> dict[str, Any]:
    """A form in the PHP manner: `leads[add][0][id]=5` is {"leads": {"add": {"0": {"id": "5"}}}}."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise Unreadable("not_form") from error
    data: dict[str, Any] = {}
    for name, value in pairs:
        _put(data, _steps(name), value)
    if not data:
        raise Unreadable("not_form")
    return data


def _steps(name: str) -> list[str]:
    found = _PATH.fullmatch(name)
    steps = [found[1], *_STEP.findall(found[2])] if found else [name]
    if len(steps) > MAX_DEPTH:
        raise Unreadable("too_deep")
    return steps


def _put(data: dict[str, Any], steps: list[str], value: str) -> None:
    for step in steps[:-1]:
        key = step or str(len(data))
        inner = data.get(key)
        if not isinstance(inner, dict):
            inner = data[key] = {}
        data = inner
    last = steps[-1] or str(len(data))
    if not isinstance(data.get(last), dict):
        data[last] = value


def read_any(headers: Any, body: bytes) -> dict[str, Any]:
    """JSON or a form, by the content type, or by the first character where none is told."""
    kind = headers.get("content-type", "")
    if "json" in kind or (not kind and body.lstrip()[:1] == b"{"):
        return read_json(body)
    return read_form(body)
