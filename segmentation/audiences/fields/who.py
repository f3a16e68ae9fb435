"""Who the customer is, as the card says."""

import calendar
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, ExpressionWrapper, IntegerField, OuterRef, Q
from django.db.models.functions import ExtractDay, ExtractMonth
from django.db.models.lookups import In
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.models import Language, User
from core.roles import Role
from customers.models import CustomerKind, CustomerTag, Tag
from segmentation.audiences import columns
from segmentation.audiences.registry import (
    Choices,
    Condition,
    Context,
    Field,
    Group,
    Text,
    Type,
    fixed,
    is_id,
    register,
    table,
)
from segmentation.audiences.values import ValueFault

CARD = ("customers_customer",)
POOL, ME = "pool", "me"


def people(extra: Sequence[tuple[str, Text]] = ()) -> Choices:
    """Everybody with an account, by their full names, which the database has in two columns."""
    specials = dict(extra)

    def find(text: str, limit: int) -> list[tuple[str, str]]:
        accounts = User.objects.exclude(role=Role.INTEGRATION).order_by("-is_active", "first_name", "last_name", "pk")
        known = [*specials.items(), *((str(person.pk), person) for person in accounts)]
        return [(code, str(name)) for code, name in known if text.casefold() in str(name).casefold()][:limit]

    def names(values: Collection[str]) -> dict[str, str]:
        ids = [each for each in values if each not in specials]
        accounts = {str(person.pk): str(person) for person in User.objects.filter(pk__in=ids)} if ids else {}
        return accounts | {code: str(name) for code, name in specials.items() if code in values}

    return Choices(find, names, lambda value: value in specials or is_id(value))


PEOPLE = people()
OWNERS = people([(ME, _("Me")), (POOL, _("In the pool"))])


def _owned(values: list[str], ctx: Context) -> Condition:
    ids = [int(each) for each in values if each not in (ME, POOL)]
    if ME in values and ctx.user_id is not None:
        ids.append(ctx.user_id)
    met = Q(owner_id__in=ids)
    return met | Q(owner__isnull=True) if POOL in values else met


def _tagged(values: list[str], _ctx: Context) -> Condition:
    return Exists(CustomerTag.objects.filter(customer=OuterRef("pk"), tag_id__in=[int(each) for each in values]))


def _born(op: str, value: Any, ctx: Context) -> Condition:
    if op == "empty":
        return Q(birthday__isnull=value)
    if op == "month":
        return Q(birthday__month=value)
    offsets = range(value) if op == "next_days" else range(1 - value, 1)
    codes = {code for offset in offsets for code in _congratulated(ctx.as_of + timedelta(days=offset))}
    born_on = ExpressionWrapper(ExtractMonth("birthday") * 100 + ExtractDay("birthday"), output_field=IntegerField())
    return Q(In(born_on, sorted(codes)))


def _congratulated(day: date) -> tuple[int, ...]:
    """Birthdays, month x 100 + day, congratulated on a day: that of 29 February on the 28th where there is no 29th."""
    code = day.month * 100 + day.day
    return (code, 229) if code == 228 and not calendar.isleap(day.year) else (code,)


def _birthday_value(op: str, raw: Any) -> Any:
    if op == "empty":
        if not isinstance(raw, bool):
            raise ValueFault(gettext("Yes or no is expected."))
        return raw
    most = 12 if op == "month" else 366
    if isinstance(raw, bool) or not str(raw).isdecimal() or not 1 <= int(str(raw)[:6]) <= most:
        raise ValueFault(gettext("A number from 1 to %(most)s is expected.") % {"most": most})
    return int(raw)


register(columns.choice("kind", _("Kind"), Group.WHO, column="kind", choices=fixed(CustomerKind.choices), watches=CARD))
register(columns.text("name", _("Name"), Group.WHO, column="name", watches=CARD))
register(columns.text("city", _("City"), Group.WHO, column="city", watches=CARD))
register(
    columns.choice(
        "language",
        _("Language"),
        Group.WHO,
        column="language",
        choices=fixed([*Language.choices, ("", _("not known"))]),
        watches=CARD,
    )
)
register(columns.choice("owner", _("Owner"), Group.WHO, column="owner", choices=OWNERS, watches=CARD, where=_owned))
register(columns.day("created_on", _("Card created"), Group.WHO, column="created_at", is_moment=True, watches=CARD))
register(
    Field(
        "birthday",
        _("Birthday"),
        Group.WHO,
        Type.DATE,
        _born,
        CARD,
        ops=("next_days", "last_days", "month", "empty"),
        value=_birthday_value,
        hint=_("The year does not matter: the day on which to congratulate."),
    )
)
register(
    columns.choice(
        "tag",
        _("Tag"),
        Group.WHO,
        column="",
        choices=table(Tag, "name"),
        watches=("customers_customertag",),
        where=_tagged,
    )
)
