"""The fields that a company adds to its customers. They are taken out of use, never deleted: no value is lost."""

import re
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput, NotFound
from customers.models import CustomField, FieldKind

MOST = 60
MOST_CHOICES = 200
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
# One letter each, as people write Russian in Latin letters; a code only has to be readable.
_LATIN = dict(zip("абвгдеёзийклмнопрстуфхцыэ", "abvgdeeziiklmnoprstufhcye", strict=True))
_LATIN |= {"ж": "zh", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "yu", "я": "ya", "ъ": "", "ь": ""}


def code_of(name: str) -> str:
    """A code made of a name: "Размер обуви" is razmer_obuvi; "" where nothing readable is left."""
    latin = "".join(_LATIN.get(letter, letter) for letter in name.lower())
    return re.sub(r"[^a-z0-9]+", "_", latin).lstrip("_0123456789")[:40].strip("_")


@transaction.atomic
def add_field(*, name: str, kind: str, choices: Iterable[str] = (), code: str = "") -> CustomField:
    """Add a field at the end. Raises InvalidInput, Conflict for a code that is taken (in use or not)."""
    code = code or code_of(name)
    if not CODE.fullmatch(code):
        raise InvalidInput(_("A code is Latin letters, digits and _, and begins with a letter."), field="code")
    if kind not in FieldKind.values:
        raise InvalidInput(_("There is no such kind of field."), field="kind")
    if CustomField.objects.filter(is_active=True).count() >= MOST:
        raise Conflict(_("There are %(most)s fields already. Take one out of use first.") % {"most": MOST})
    last = CustomField.objects.order_by("-position").values_list("position", flat=True).first() or 0
    try:
        with transaction.atomic():
            return CustomField.objects.create(
                code=code, name=name, kind=kind, choices=_choices(kind, choices), position=last + 1
            )
    except IntegrityError as error:
        text = _("The code “%(code)s” is taken. Choose another one, or put that field in use again.")
        raise Conflict(text % {"code": code}, field="code") from error


@transaction.atomic
def change_field(*, field_id: int, name: str, is_active: bool, choices: Iterable[str] = ()) -> CustomField:
    """Rename a field, take it out of use or put it back, change what can be chosen. Its kind and code stay.

    A value that can no longer be chosen stays with the customers who have it.
    """
    field = CustomField.objects.select_for_update().filter(pk=field_id).first()
    if field is None:
        raise NotFound(_("There is no such field."))
    field.name, field.is_active, field.choices = name, is_active, _choices(field.kind, choices)
    field.save(update_fields=["name", "is_active", "choices"])
    return field


@transaction.atomic
def move_field(*, field_id: int, up: bool) -> None:
    """Let a field change places with its neighbour among those in use; at the end nothing happens."""
    fields = list(CustomField.objects.select_for_update().filter(is_active=True))
    at = next((index for index, field in enumerate(fields) if field.pk == field_id), None)
    if at is None:
        raise NotFound(_("There is no such field in use."))
    beside = at - 1 if up else at + 1
    if 0 <= beside < len(fields):
        fields[at], fields[beside] = fields[beside], fields[at]
    for position, field in enumerate(fields, start=1):
        if field.position != position:
            CustomField.objects.filter(pk=field.pk).update(position=position)


def _choices(kind: str, told: Iterable[str]) -> list[str]:
    if kind != FieldKind.CHOICE:
        return []
    choices = list(dict.fromkeys(word for choice in told if (word := " ".join(choice.split()))))
    if len(choices) < 2:
        raise InvalidInput(_("Write at least two things to choose from, each on a line of its own."), field="choices")
    if len(choices) > MOST_CHOICES or any(len(choice) > 100 for choice in choices):
        raise InvalidInput(_("At most 200 lines, each up to 100 characters."), field="choices")
    return choices
