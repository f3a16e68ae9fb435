"""What people type at the front desk, and what the address of the list may ask for."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acquisition.models import Channel, InquiryKind, LeakPolicy, LeakState
from acquisition.queries.desk import LEAK, NOBODY, NOT_SPAM, UNKNOWN, DeskFilters
from core.forms import DayInput
from core.models import User
from core.roles import Role
from customers.models import Order
from customers.rules.contacts import normalise_contact

USUAL_DAYS = 30
MOST_DAYS = 366 * 3
# No inquiry is older, and the days before it are still days.
EARLIEST = date(2000, 1, 1)
MAX_NOTE = 2000


class ContactField(forms.CharField):
    """A phone or an e-mail as people type it, normalised."""

    def __init__(self, channel: str, wrong: Any, **kwargs: Any) -> None:
        super().__init__(max_length=254, required=False, **kwargs)
        self.channel, self.wrong = channel, wrong

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        found = normalise_contact(self.channel, typed, settings.PHONENUMBER_DEFAULT_REGION)
        if found is None:
            raise forms.ValidationError(self.wrong)
        return found


def phone_field(**attrs: Any) -> ContactField:
    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "inputmode": "tel", **attrs})
    wrong = _("This is no phone number. Expected, for example: 8 912 345-67-89.")
    return ContactField("phone", wrong, label=_("Phone"), widget=widget)


def email_field() -> ContactField:
    widget = forms.TextInput(attrs={"type": "email", "autocomplete": "off"})
    return ContactField("email", _("This is no e-mail address."), label=_("E-mail"), widget=widget)


class NoteForm(forms.Form):
    """One inquiry at the front desk, phone first."""

    phone = phone_field()
    name = forms.CharField(label=_("Name"), max_length=300, required=False)
    kind = forms.ChoiceField(label=_("How they came"), choices=InquiryKind.choices, initial=InquiryKind.CALL)
    channel = forms.ChoiceField(label=_("Where they heard of us"), required=False)
    email = email_field()
    next_step = forms.CharField(label=_("Next step"), max_length=300, required=False)
    next_step_on = forms.DateField(label=pgettext_lazy("step", "On"), required=False, widget=DayInput())
    note = forms.CharField(label=_("Note"), max_length=MAX_NOTE, required=False)
    is_missed = forms.BooleanField(label=_("Nobody answered"), required=False)
    is_spam = forms.BooleanField(label=_("Spam"), required=False)
    token = forms.UUIDField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels: Any = self.fields["channel"]
        channels.choices = [("", _("Not asked")), *Channel.objects.order_by("name").values_list("code", "name")]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("next_step") and not told.get("next_step_on"):
            self.add_error("next_step_on", _("Say on which day."))
        return told


class AnswerForm(forms.Form):
    """Called or written back."""

    is_reached = forms.TypedChoiceField(
        choices=[("1", _("Talked")), ("0", pgettext_lazy("call", "No answer"))], coerce=lambda value: value == "1"
    )
    note = forms.CharField(max_length=MAX_NOTE, required=False)


class CaptureForm(forms.Form):
    """The address that was not there."""

    name = forms.CharField(label=_("Name"), max_length=300, required=False)
    phone = phone_field()
    email = email_field()

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not self.errors and not (told.get("phone") or told.get("email")):
            raise forms.ValidationError(_("Give a phone or an e-mail."))
        return told


class StepForm(forms.Form):
    """What is to be done next, and when."""

    next_step = forms.CharField(label=_("Next step"), max_length=300)
    next_step_on = forms.DateField(label=pgettext_lazy("step", "On"), widget=DayInput())


class OrderForm(forms.Form):
    """The order that came of it."""

    order = forms.ModelChoiceField(Order.objects.none(), label=_("Order"))

    def __init__(self, *args: Any, orders: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["order"]
        field.queryset = orders


class PolicyForm(forms.ModelForm):
    """The terms by which inquiries are judged."""

    class Meta:
        model = LeakPolicy
        fields = ("callback_hours", "forgotten_days", "order_days")
        help_texts = {
            "callback_hours": _("A missed call that is returned within them counts as recovered."),
            "forgotten_days": _("Without a contact or a step done for so long, an inquiry counts as forgotten."),
            "order_days": _("An order placed within them counts as having come of the inquiry."),
        }


class DeskFilterForm(forms.Form):
    """What the address of the list may ask for; a wrong value counts as not asked."""

    first = forms.DateField(label=pgettext_lazy("period", "From"), required=False, widget=DayInput())
    last = forms.DateField(label=pgettext_lazy("period", "To"), required=False, widget=DayInput())
    state = forms.ChoiceField(label=_("What became of it"), required=False)
    kind = forms.ChoiceField(label=_("How they came"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    person = forms.ChoiceField(label=_("Colleague"), required=False)
    line = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput())
    hour = forms.IntegerField(min_value=0, max_value=23, required=False, widget=forms.HiddenInput())
    known = forms.ChoiceField(choices=[("", ""), ("yes", ""), ("no", "")], required=False, widget=forms.HiddenInput())
    taken = forms.BooleanField(label=_("Taken by me"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = ("", _("All"))
        people = User.objects.filter(is_active=True).exclude(role__in=[Role.INTEGRATION, Role.MARKETER])
        named = [(str(one.pk), str(one)) for one in people.order_by("first_name", "pk")]
        choices: dict[str, list[Any]] = {
            "state": [every, (NOT_SPAM, _("All but spam")), (LEAK, _("All leaks")), *LeakState.choices],
            "kind": [every, *InquiryKind.choices],
            "channel": [every, *Channel.objects.values_list("code", "name"), (UNKNOWN, _("Unknown channel"))],
            "person": [every, *named, (NOBODY, _("Nobody"))],
        }
        for name, offered in choices.items():
            field: Any = self.fields[name]
            field.choices = offered

    def asked(self, today: date) -> DeskFilters:
        """What is asked for; without days the last thirty, to today."""
        self.is_valid()
        told = {name: value for name, value in self.cleaned_data.items() if name not in self.errors}
        last = max(told.get("last") or max(today, told.get("first") or today), EARLIEST)
        first = told.get("first") or last - timedelta(days=USUAL_DAYS - 1)
        first, last = min(first, last), max(first, last)
        return DeskFilters(
            first=max(first, last - timedelta(days=MOST_DAYS)),
            last=last,
            kind=told.get("kind", ""),
            state=told.get("state", ""),
            channel=told.get("channel", ""),
            line=told.get("line", ""),
            person=told.get("person", ""),
            hour=told.get("hour"),
            known=told.get("known", ""),
            taken=bool(told.get("taken")),
        )
