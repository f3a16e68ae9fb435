"""The filters of the customer list, as they come in the address."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acquisition.forms import MonthField
from acquisition.models import Channel
from core.badges import GRADES, STAGES
from core.forms import DayInput
from core.models import User
from core.periods import company_day
from customers.models import CustomerKind, CustomField, Tag
from customers.queries.labels import fields_in_use
from dashboard.forms.own_filter import OwnFilter
from dashboard.queries.customer_filters import MARKED, MINE, NO_GRADE, POOL, Filters
from dashboard.queries.people import holders
from segmentation.audiences.tree import Node, TreeFaultError, read_text
from segmentation.models import Audience, Forecast, Grade, Lifecycle
from segmentation.queries.audiences import tree_or_none

GRADE_CHOICES = [*Grade.choices, (MARKED, "X"), (NO_GRADE, _("No grade"))]
SECOND_ROW = ("channel", "kind", "method", "ordered_from", "ordered_to", "won_month")
TAGS_SHOWN = 40
ANY = [("", pgettext_lazy("filter", "Any"))]


class CustomerFilterForm(forms.Form):
    """Reads the address: what is wrong in it is named and left out, the rest applies."""

    q = forms.CharField(label=_("Find"), max_length=100, required=False)
    grade = forms.MultipleChoiceField(label=_("Grade"), choices=GRADE_CHOICES, required=False)
    stage = forms.MultipleChoiceField(label=_("Stage"), choices=Lifecycle.choices, required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[*ANY, *CustomerKind.choices], required=False)
    method = forms.ChoiceField(label=_("Forecast by"), choices=[*ANY, *Forecast.choices], required=False)
    ordered_from = forms.DateField(label=_("Ordered from"), required=False, widget=DayInput())
    ordered_to = forms.DateField(label=_("Ordered to"), required=False, widget=DayInput())
    won_month = MonthField(label=_("First ordered in"), required=False)
    risk = forms.BooleanField(label=_("With value at risk"), required=False)
    tag = forms.MultipleChoiceField(label=_("Tag"), required=False)
    where = forms.CharField(label=_("Conditions"), required=False)
    audience = forms.ModelChoiceField(
        label=_("Audience"),
        queryset=Audience.objects.none(),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        people = [(str(person.pk), str(person)) for person in holders()] if user.sees_whole_base else []
        channels = Channel.objects.values_list("code", "name")
        self.fields["owner"].choices = [
            ("", _("Any owner")),
            (MINE, _("Mine")),
            (POOL, _("In the pool")),
            *people,
        ]
        self.fields["channel"].choices = [*ANY, *channels]
        self.fields["tag"].choices = [(str(pk), name) for pk, name in Tag.objects.values_list("pk", "name")]
        self.fields["audience"].queryset = Audience.objects.for_user(user).in_use()
        self.own = [OwnFilter(field) for field in fields_in_use()]
        for own in self.own:
            self.fields.update(own.fields())

    def filters(self) -> Filters:
        """What was asked for and makes sense."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value and name in self.base_fields}
        plain = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
        own = tuple(condition for own in self.own for condition in own.conditions(self.cleaned_data))
        asks_by_day = "where" in plain or "audience" in plain
        return Filters(**plain, own=own, as_of=company_day(timezone.now()) if asks_by_day else None)

    def clean_where(self) -> Node | None:
        """The tree of conditions."""
        text = self.cleaned_data["where"]
        try:
            return read_text(text) if text else None
        except TreeFaultError as error:
            raise ValidationError(error.message) from error

    def clean_audience(self) -> Audience | None:
        """One whose conditions can still be asked."""
        audience: Audience | None = self.cleaned_data["audience"]
        if audience is not None and not audience.is_static and tree_or_none(audience.tree) is None:
            raise ValidationError(_("A condition of this audience cannot be asked any more. Open it and mend it."))
        return audience

    def own_fields(self) -> list[CustomField]:
        """The company's own fields, each with its filter here."""
        return [own.field for own in self.own]

    def grade_toggles(self) -> list[dict[str, Any]]:
        """Grades as the row of letters to press."""
        chosen = self["grade"].value() or []
        return [
            {"value": letter, "word": GRADES[letter].word, "css": GRADES[letter].css, "on": letter in chosen}
            for letter in (*Grade.values, MARKED)
        ]

    def stage_toggles(self) -> list[dict[str, Any]]:
        """Stages as the row of chips to press."""
        chosen = self["stage"].value() or []
        return [{"value": stage, "badge": STAGES[stage], "on": stage in chosen} for stage in Lifecycle.values]

    def more_fields(self) -> list[forms.BoundField]:
        """The fields of the second row, apart from its tick box; after them the company's own."""
        return [self[name] for name in (*SECOND_ROW, *self._own_names())]

    def _own_names(self) -> list[str]:
        return [name for own in self.own for name in own.fields()]

    def tag_toggles(self) -> list[dict[str, Any]]:
        """The tags that are asked for, and then the others, to press."""
        chosen = self["tag"].value() or []
        tags = [{"value": pk, "name": name, "on": pk in chosen} for pk, name in self.fields["tag"].choices]
        return sorted(tags, key=lambda tag: not tag["on"])[:TAGS_SHOWN]

    def more_is_used(self) -> bool:
        """Whether a filter of the second row is set, so that it must be seen."""
        return any(self.data.get(name) for name in (*SECOND_ROW, "risk", "tag", *self._own_names()))
