"""The filters of a page of figures: in the address, in a form, as a part of the base, as a condition of an audience."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acquisition.models import Channel
from core.formats import exact_date_text, month_text
from core.periods import add_months, month_start
from customers.models import OrderLine, OrderStatus, ProductCategory
from customers.models.customer import CustomerQuerySet
from dashboard.queries.people import holders
from segmentation.models import Grade

EVERY = ("period", "grade", "owner", "channel", "category")
POOL = "pool"
USUAL_MONTHS = 12
MOST_MONTHS = 120
DEAD = (OrderStatus.CANCELLED, OrderStatus.RETURNED)


@dataclass(frozen=True)
class FigureFilters:
    """first, last: first days of the months asked for, both included. The rest is empty where not asked for.

    owner: the id of a person, or `pool`. channel: a code. category: the id of a category of products.
    """

    first: date
    last: date
    grade: str = ""
    owner: str = ""
    channel: str = ""
    category: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether a part of the base is asked for: what the night counted for the whole will not do."""
        return bool(self.grade or self.owner or self.channel or self.category)

    def narrow(self, customers: CustomerQuerySet) -> CustomerQuerySet:
        """Those of the customers whom the filters (but for the period) let through."""
        if self.grade:
            customers = customers.filter(standing__grade=self.grade)
        if self.owner:
            customers = customers.filter(owner_id=None if self.owner == POOL else int(self.owner))
        if self.channel:
            customers = customers.filter(acquisition__channel__code=self.channel)
        if self.category:
            lines = OrderLine.objects.filter(
                order__customer=OuterRef("pk"), product__category_id=int(self.category)
            ).exclude(order__status__in=DEAD)
            customers = customers.filter(Exists(lines))
        return customers

    def conditions(self) -> list[dict[str, Any]]:
        """The same as leaves of an audience's tree."""
        leaves: list[dict[str, Any]] = []
        if self.grade:
            leaves.append({"field": "grade", "op": "in", "value": [self.grade]})
        if self.owner:
            leaves.append({"field": "owner", "op": "in", "value": [self.owner]})
        if self.channel:
            leaves.append({"field": "channel", "op": "in", "value": [self.channel]})
        if self.category:
            leaves.append({"field": "bought", "op": "some", "value": {"category": [int(self.category)]}})
        return leaves

    @property
    def key(self) -> str:
        """What tells these filters from others, for keeping figures."""
        parts = (f"{self.first:%Y-%m}", f"{self.last:%Y-%m}", self.grade, self.owner, self.channel, self.category)
        return ":".join(parts)


class FigureFilterForm(forms.Form):
    """What the address may ask for. A page names what it `uses`; a wrong value counts as not asked."""

    first = forms.CharField(
        label=pgettext_lazy("period", "From"), required=False, widget=forms.TextInput(attrs={"type": "month"})
    )
    last = forms.CharField(
        label=pgettext_lazy("period", "To"), required=False, widget=forms.TextInput(attrs={"type": "month"})
    )
    grade = forms.ChoiceField(label=_("Grade"), required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    category = forms.ChoiceField(label=_("Product category"), required=False)

    def __init__(self, *args: Any, uses: tuple[str, ...] = EVERY, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = ("", _("All"))
        fields: dict[str, Any] = self.fields
        for name in ("grade", "owner", "channel", "category"):
            if name not in uses:
                del fields[name]
        if "period" not in uses:
            del fields["first"], fields["last"]
        if "grade" in uses:
            fields["grade"].choices = [every, *Grade.choices]
        if "owner" in uses:
            people = [(str(person.pk), str(person)) for person in holders()]
            fields["owner"].choices = [every, (POOL, _("In the pool")), *people]
        for name, known in _names({"channel", "category"} & set(uses)).items():
            fields[name].choices = [every, *known]

    def filters(self, *, today: date, months: int = USUAL_MONTHS) -> FigureFilters:
        """What is asked for; without a period the last `months` months, the one under way included."""
        self.is_valid()
        data = self.cleaned_data
        last = _month(data.get("last", "")) or month_start(today)
        first = _month(data.get("first", "")) or add_months(last, 1 - months)
        first, last = min(first, last), max(first, last)
        first = max(first, add_months(last, 1 - MOST_MONTHS))
        asked = {name: data.get(name, "") for name in ("grade", "owner", "channel", "category")}
        self._show_months(first, last)
        return FigureFilters(first, last, **asked)

    def _show_months(self, first: date, last: date) -> None:
        """The months counted stand in their fields also where nobody asked for any."""
        if "first" in self.fields:
            shown = {name: self.data.get(name) for name in self.data}
            self.data = shown | {"first": f"{first:%Y-%m}", "last": f"{last:%Y-%m}"}

    def in_words(self) -> list[tuple[str, str]]:
        """What is asked for, field by field: paper has no form to read it from."""
        return [(str(field.label), text) for field in self.visible_fields() if (text := _words(field))]

    def clean(self) -> dict[str, Any]:
        for name in list(self.errors):
            self.cleaned_data[name] = ""
        return self.cleaned_data


def _names(uses: set[str]) -> dict[str, list[tuple[str, str]]]:
    """Channels by code and categories by id, each by name, in one query where both are wanted."""
    found: dict[str, list[tuple[str, str]]] = {what: [] for what in uses}
    models: dict[str, Any] = {"channel": (Channel, F("code")), "category": (ProductCategory, Cast("pk", CharField()))}
    parts = [
        model.objects.order_by().values_list(Value(what), code, "name")
        for what, (model, code) in models.items()
        if what in uses
    ]
    if parts:
        for what, code, name in parts[0].union(*parts[1:], all=True).order_by("name"):
            found[what].append((code, name))
    return found


def _words(field: forms.BoundField) -> str:
    value = str(field.value() or "")
    choices = dict(getattr(field.field, "choices", ()))
    if not value or choices:
        return str(choices.get(value, "")) if value else ""
    if month := _month(value):
        return month_text(month)
    try:
        return exact_date_text(date.fromisoformat(value))
    except ValueError:
        return ""


def _month(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m").date() if 2000 <= int(text[:4] or 0) <= 2999 else None
    except ValueError:
        return None
