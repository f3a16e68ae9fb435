"""Forms of connections."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from acquisition.models import Channel
from acquisition.queries.inquiries import people_by_email
from core import outgoing
from customers.models import OrderStatus
from platforms.guides import GUIDES
from platforms.models import TELEPHONIES, Connection, Platform
from platforms.rules.contract import ANY, SKIP

MAX_STATUSES = 200
TARGETS = [(SKIP, _("not an order yet")), *OrderStatus.choices]


class ConnectForm(forms.Form):
    """A new connection with a platform that is chosen already."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("As people here call it."))
    source = forms.SlugField(
        label=_("Source"),
        max_length=50,
        help_text=_("Latin letters and digits. Its orders are known under it; it cannot be changed later."),
    )
    secret = forms.CharField(max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, platform: str, gives_secret: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if gives_secret:
            self.fields["secret"].label = GUIDES[Platform(platform)].secret_label
            self.fields["secret"].help_text = _("The platform shows it. It can be given later.")
        else:
            del self.fields["secret"]

    def clean_source(self) -> str:
        source = self.cleaned_data["source"]
        if Connection.objects.filter(source=source).exists():
            raise forms.ValidationError(_("Another connection has this source."))
        return source


class SettingsForm(forms.Form):
    """What may be changed of a connection, without the table of statuses (see `read_statuses`)."""

    name = forms.CharField(label=_("Name"), max_length=100)
    api_url = forms.CharField(label=_("Address of the API"), max_length=500, required=False)
    api_token = forms.CharField(
        label=_("Key of the API"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Empty: the one that is kept stays."),
    )
    price_type = forms.CharField(
        label=_("Kind of price"),
        max_length=100,
        required=False,
        help_text=_("The id of the kind in 1C. Empty: the first price of each product."),
    )
    rates = forms.CharField(
        label=_("Rates of other currencies"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "USD 92.50"}),
        help_text=_("A line for each: the currency, and how much one of it costs. Orders in others are not taken."),
    )

    lines = forms.CharField(
        label=_("Channels of the lines"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "+7 495 120-41-14 = yandex_direct"}),
        help_text=_("A line for each number that is advertised: the number = the code of the channel."),
    )
    extensions = forms.CharField(
        label=_("People behind the extensions"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "101 = anna@company.ru"}),
        help_text=_("A line for each: the extension = the e-mail that the person logs in with."),
    )

    def __init__(self, *args: Any, connection: Connection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guide = GUIDES[Platform(connection.platform)]
        for name, label in (("api_url", guide.api_label), ("api_token", guide.token_label)):
            if label:
                self.fields[name].label = label
            else:
                del self.fields[name]
        if connection.platform != Platform.COMMERCEML:
            del self.fields["price_type"]
        self.is_telephony = connection.platform in TELEPHONIES
        for name in ("rates",) if self.is_telephony else ("lines", "extensions"):
            del self.fields[name]

    def clean_api_url(self) -> str:
        url = self.cleaned_data["api_url"]
        if url:
            try:
                outgoing.check_url(url)
            except outgoing.Refused as error:
                raise forms.ValidationError(error.message) from error
        return url

    def clean_lines(self) -> dict[str, str]:
        told = _pairs(self.cleaned_data["lines"])
        known = set(Channel.objects.filter(code__in=told.values()).values_list("code", flat=True))
        for code in told.values():
            if code not in known:
                raise forms.ValidationError(_("There is no channel with the code “%(code)s”."), params={"code": code})
        return told

    def clean_extensions(self) -> dict[str, str]:
        told = {name: email.lower() for name, email in _pairs(self.cleaned_data["extensions"]).items()}
        known = people_by_email(told.values())
        for email in told.values():
            if email not in known:
                raise forms.ValidationError(_("Nobody here has the e-mail “%(email)s”."), params={"email": email})
        return told

    def clean_rates(self) -> dict[str, str]:
        rates = {}
        for line in self.cleaned_data["rates"].splitlines():
            if line.strip():
                currency, rate = _rate(line)
                rates[currency] = rate
        return rates


def _pairs(text: str) -> dict[str, str]:
    """Lines of “name = value”. Raises ValidationError for a line without both."""
    found = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        name, _sign, value = (part.strip() for part in line.partition("="))
        if not name or not value or len(line) > 300:
            raise forms.ValidationError(_("“%(line)s”: expected a name = a value."), params={"line": line[:100]})
        found[name] = value
    if len(found) > MAX_STATUSES:
        raise forms.ValidationError(_("The table is too long."))
    return found


def _rate(line: str) -> tuple[str, str]:
    currency, _space, raw = line.replace("=", " ").strip().partition(" ")
    currency = currency.upper()
    RegexValidator(r"^[A-Z]{3}$", _("A currency is three Latin letters, such as USD."))(currency)
    if currency == settings.CURRENCY:
        raise forms.ValidationError(_("%(currency)s is the company's own currency."), params={"currency": currency})
    try:
        rate = Decimal(raw.strip().replace(",", "."))
    except InvalidOperation as error:
        raise forms.ValidationError(_("“%(line)s”: expected, for example: USD 92.50"), params={"line": line}) from error
    if not rate.is_finite() or not 0 < rate < Decimal(10**9):
        raise forms.ValidationError(_("“%(line)s”: the rate must be more than zero."), params={"line": line})
    return currency, format(rate, "f")


def read_statuses(codes: list[str], targets: list[str]) -> dict[str, str]:
    """The table of statuses as it was sent: rows of a code and our status; rows without a code are left out.

    Raises ValidationError.
    """
    found: dict[str, str] = {}
    for code, target in zip(codes, targets, strict=False):
        code = code.strip()
        if not code:
            continue
        if len(code) > 100 or target not in dict(TARGETS):
            raise forms.ValidationError(
                _("The table of statuses holds something unknown: “%(code)s”."), params={"code": code[:100]}
            )
        if code in found:
            raise forms.ValidationError(_("The status “%(code)s” stands in the table twice."), params={"code": code})
        found[code] = target
    if len(found) > MAX_STATUSES:
        raise forms.ValidationError(_("The table of statuses is too long."))
    found.setdefault(ANY, SKIP)
    return found
