"""Forms of the customer's card: who it is, how to reach them, what they allowed."""

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.forms import DayInput
from core.models import Language
from core.periods import company_day
from customers.models import ConsentAction, ConsentText, ContactChannel, Customer, CustomerKind
from customers.rules.contacts import normalise_contact

EARLIEST_BIRTHDAY = date(1900, 1, 1)
# Offered first; any other zone can be typed.
USUAL_ZONES = (
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Novosibirsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
)


class BasicsForm(forms.Form):
    """Who a new customer is."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CustomerKind.choices, initial=CustomerKind.PERSON)
    name = forms.CharField(label=_("Name"), max_length=300)
    city = forms.CharField(label=_("City"), max_length=200, required=False)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", pgettext_lazy("language", "Unknown")), *Language.choices],
        required=False,
        help_text=_("Messages are written in it."),
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=50,
        required=False,
        help_text=_("Messages come in the daytime of this zone; empty means the company's."),
        widget=forms.TextInput(attrs={"list": "zones"}),
    )

    usual_zones = USUAL_ZONES

    def clean_time_zone(self) -> str:
        zone = self.cleaned_data["time_zone"]
        if zone and zone not in available_timezones():
            raise ValidationError(_("There is no such zone. Expected, for example: Asia/Yekaterinburg."))
        return zone


class DetailsForm(BasicsForm):
    """Who the customer is, with what is learnt later."""

    tax_number = forms.CharField(label=_("Tax number"), max_length=20, required=False)
    birthday = forms.DateField(label=_("Birthday"), required=False, widget=DayInput())
    field_order = ("name", "kind", "tax_number", "birthday", "city", "language", "time_zone")

    def clean_birthday(self) -> date | None:
        birthday = self.cleaned_data["birthday"]
        if birthday and not EARLIEST_BIRTHDAY <= birthday <= company_day(timezone.now()):
            raise ValidationError(_("A birthday lies in the past, after 1900."))
        return birthday

    @classmethod
    def of(cls, customer: Customer) -> dict[str, Any]:
        """What the form starts with for a known customer."""
        return {name: getattr(customer, name) for name in cls.base_fields}


class AddressField(forms.CharField):
    """An address on a channel, normalised; the error says what was expected."""

    def __init__(self, *, channel: str, wrong: Any, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)
        self.channel = channel
        self.wrong = wrong

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        normal = normalise_contact(self.channel, text, settings.PHONENUMBER_DEFAULT_REGION)
        if normal is None:
            raise ValidationError(self.wrong)
        return normal


class NewCustomerForm(BasicsForm):
    """A customer whose contact was just captured."""

    phone = AddressField(
        label=_("Phone"),
        channel=ContactChannel.PHONE,
        required=False,
        wrong=_("This is not a phone. Expected, for example: +7 912 345-67-89."),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )
    email = AddressField(
        label=_("E-mail"),
        channel=ContactChannel.EMAIL,
        required=False,
        wrong=_("This is not an e-mail address. Expected, for example: anna@example.com."),
        widget=forms.EmailInput(),
    )
    consents = forms.MultipleChoiceField(
        label=_("The customer agreed to marketing by"),
        choices=[(ContactChannel.EMAIL, _("E-mail")), (ContactChannel.PHONE, _("Phone and SMS"))],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    consent_source = forms.CharField(
        label=_("How they agreed"),
        max_length=100,
        required=False,
        help_text=_("For example: by phone, in the shop, on a form. It is kept as the proof."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and not data.get("phone") and not data.get("email"):
            raise ValidationError(_("Enter a phone or an e-mail, or the customer can never be reached."))
        if data.get("consents") and not data.get("consent_source"):
            self.add_error("consent_source", _("Write how they agreed: without it the consent proves nothing."))
        return data

    def contacts(self) -> list[tuple[str, str]]:
        """Channel and normalised address, those that were filled in."""
        pairs = [
            (ContactChannel.PHONE, self.cleaned_data["phone"]),
            (ContactChannel.EMAIL, self.cleaned_data["email"]),
        ]
        return [(str(channel), value) for channel, value in pairs if value]


class ConsentForm(forms.Form):
    """What the customer said about marketing on a channel, how, and to which words."""

    channel = forms.ChoiceField(label=_("Channel"), choices=ContactChannel.choices)
    action = forms.ChoiceField(label=_("Marketing"), choices=ConsentAction.choices)
    source = forms.CharField(
        label=_("How they said it"),
        max_length=100,
        help_text=_("For example: by phone, in the shop, on a form."),
    )
    proof = forms.CharField(
        label=_("Proof"),
        max_length=2000,
        required=False,
        help_text=_("What can be shown later: the number of the form, the recording, the letter."),
    )
    text_version = forms.ChoiceField(label=_("Text they agreed to"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = ConsentText.objects.values_list("version", flat=True)
        self.fields["text_version"].choices = [
            ("", pgettext_lazy("consent text", "None")),
            *((version, version) for version in versions),
        ]


class ConsentTextForm(forms.Form):
    """New words that people agree to."""

    version = forms.CharField(
        label=_("Version"), max_length=40, help_text=_("For example: site-2026-05. It is kept with each consent.")
    )
    body = forms.CharField(label=_("Text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8}))
