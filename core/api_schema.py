"""What OpenAPI says of every call: the errors, all of one shape, and exactly what a body may hold."""

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

ALWAYS = {
    "401": "The token is missing, unknown or revoked.",
    "403": "The token lacks the scope, or its user the role.",
    "405": "There is no such method at this address.",
    "406": "The answers are JSON.",
    "429": "Too many calls in this minute; Retry-After says when to go on.",
}
READING = {
    "400": "A filter cannot be read.",
    "404": "There is no such object, or no such page.",
    "422": "A filter asks for what there is not, such as an own field of another name.",
}
WRITING = {
    "400": "The body or a field of it has the wrong form; each mistake is named with its field.",
    "404": "It names something that is not there.",
    "409": "It contradicts what is stored.",
    "413": "The body is larger than 20 MB.",
    "415": "The body is not JSON.",
    "422": "It can be read, but a rule refuses it: each mistake is named with its field. Or its key came with another.",
}
# No NUL; and, where something must be told, not only space.
TEXT = "^[^\\u0000]*$"
VISIBLE = "^[^\\u0000]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000]*$"
MOST_ROWS = 1000
LONG = 51
MAX_INTEGER = 2**63 - 1
# How many of them one object may hold.
MOST = {"lines": 1000, "contacts": 20, "consents": 20, "addresses": 20, "people": 50, "tags": 50, "items": 100}
RATE = "^(-?0([.][0-9]{1,4})?|-?1)$"
# By what drf-spectacular writes for 18 digits with 4, 14 with 3, and 18 with 8 of them after the point.
MOST_DIGITS = {
    r"^-?\d{0,14}(?:\.\d{0,4})?$": 13,
    r"^-?\d{0,11}(?:\.\d{0,3})?$": 10,
    r"^-?\d{0,10}(?:\.\d{0,8})?$": 9,
}


class ApiError(serializers.Serializer):
    code = serializers.CharField(help_text="Stable, for programs.")
    detail = serializers.CharField(help_text="In the caller's language.")
    attr = serializers.CharField(allow_null=True, help_text="The dotted path of the field; null: the whole request.")


class ApiErrors(serializers.Serializer):
    type = serializers.ChoiceField(["validation_error", "client_error", "server_error"])
    errors = ApiError(many=True)  # type: ignore[assignment]


class Schema(AutoSchema):
    """Adds the errors to what the views themselves tell."""

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        told = super()._get_response_bodies(direction=direction)
        if direction != "response" or not self.get_auth():
            return told
        errors = {code: self._error(code, text) for code, text in self._errors().items()}
        return {**errors, **told}

    def _errors(self) -> dict[str, str]:
        if self.method == "GET":
            return ALWAYS | READING
        return ALWAYS | WRITING

    def _error(self, code: str, text: str) -> dict[str, Any]:
        response = self._get_response_for_code(ApiErrors, code)
        return response | {"description": text}


class Body(serializers.Serializer):
    """Describes an object that `customers.rules.fields` reads: null and "" mean not told, ids may be numbers."""


class Strict(serializers.Serializer):
    """A serializer of the REST framework that reads bodies itself: text is not only space, and may be a number."""


def say_exactly(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: what its serializers cannot say of bodies and of the address."""
    schemas = result["components"]["schemas"]
    for kind in _kinds(Body):
        for name in {kind.__name__, f"Patched{kind.__name__}"} & schemas.keys():
            _close(schemas[name])
    for kind in _kinds(Strict):
        name = kind.__name__.removesuffix("Serializer")
        if name in schemas:
            _demand_text(schemas[name], kind().fields)
    for path in result["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _bound(parameter["schema"], may_be_empty=parameter["in"] == "query")
    return result


def _kinds(of: type) -> Iterator[type]:
    for kind in of.__subclasses__():
        yield kind
        yield from _kinds(kind)


def _demand_text(schema: dict[str, Any], fields: Any) -> None:
    for name, field in schema["properties"].items():
        if field.get("type") == "string" and not {"format", "enum", "pattern"} & field.keys():
            field["pattern"] = TEXT if getattr(fields[name], "allow_blank", False) else VISIBLE
            number = _whole(field) | ({"minimum": 0} if isinstance(fields[name], serializers.SlugField) else {})
            schema["properties"][name] = {"anyOf": [field, number]}
        elif field.get("format") == "decimal":
            digits = fields[name].max_whole_digits
            text = f"^[0-9]{{1,{digits}}}([.][0-9]{{1,{fields[name].decimal_places}}})?$"
            forms = [{"type": "string", "pattern": text}, {"type": "integer", "minimum": 0, "maximum": 10**digits - 1}]
            schema["properties"][name] = {"anyOf": forms}


def _close(schema: dict[str, Any]) -> None:
    schema["additionalProperties"] = False
    if schema.get("description") == cleandoc(str(Body.__doc__)):
        del schema["description"]
    required = schema.get("required", ())
    for name, field in schema["properties"].items():
        if field.get("type") == "array":
            field |= {"minItems": 1, "maxItems": MOST_ROWS} if name in required else {"maxItems": MOST[name]}
        schema["properties"][name] = _field(field, is_required=name in required)


def _field(field: dict[str, Any], *, is_required: bool) -> dict[str, Any]:
    about = {name: field.pop(name) for name in ("description", "default", "readOnly") if name in field}
    forms = list(_forms(field, is_required))
    if not is_required:
        forms.append({"enum": ["", None] if _is_plain(field) else [None], "nullable": True})
    return about | (forms[0] if len(forms) == 1 else {"anyOf": forms})


def _forms(field: dict[str, Any], is_required: bool) -> Iterator[dict[str, Any]]:
    """The JSON values that are read as the field."""
    field.pop("nullable", None)
    kind, form = field.get("type"), field.get("format")
    if kind == "array" and "$ref" not in field["items"]:
        field["items"] = _field(field["items"], is_required=False)
    if form == "decimal":
        digits = MOST_DIGITS[field["pattern"]]
        yield {"type": "number", "minimum": 0, "maximum": 10**digits}
        yield {"type": "string", "pattern": f"^[0-9]{{1,{digits}}}([.][0-9]{{1,4}})?$"}
    elif kind == "number":
        yield field
        yield {"type": "string", "pattern": RATE}
    elif kind == "string" and form not in ("date", "date-time"):
        yield {"pattern": VISIBLE if is_required else TEXT, **field}
        if form is None and "pattern" not in field:
            yield _whole(field)
    elif kind == "integer":
        yield field | {"maximum": MAX_INTEGER}
    else:
        yield field


def _whole(text: dict[str, Any]) -> dict[str, Any]:
    """A whole number that stands for a text, as ids often do: as long as the text may be."""
    length = text.get("maxLength", LONG)
    bounds = {"minimum": 1 - 10 ** (length - 1), "maximum": 10**length - 1} if length < LONG else {}
    return {"type": "integer", **bounds}


def _is_plain(field: dict[str, Any]) -> bool:
    ref = field.get("$ref") or next((each.get("$ref", "") for each in field.get("allOf", ())), "")
    return field.get("type") not in ("array", "object", "integer") and not ref.endswith("In")


def _bound(schema: dict[str, Any], *, may_be_empty: bool) -> dict[str, Any]:
    """PostgreSQL keeps no NUL; dates and choices have none. A filter that is left empty is none."""
    if schema.get("type") == "string" and not {"format", "enum", "pattern"} & schema.keys():
        schema["pattern"] = TEXT
    if may_be_empty and (schema.get("format") in ("date", "date-time") or schema.get("type") == "boolean"):
        return {"anyOf": [schema, {"type": "string", "enum": [""]}]}
    return schema
