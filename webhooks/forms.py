"""The form of a subscription."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import outgoing
from webhooks.models import Subscription
from webhooks.rules.events import BY_NAME

# What each type of event means, for people.
MEANINGS: dict[str, str | Promise] = {
    "customer.created": _("a customer came into the base"),
    "customer.merged": _("two cards became one"),
    "customer.graded": _("the grade of a customer changed"),
    "customer.lifecycle_changed": _("the lifecycle stage of a customer changed"),
    "customer.owner_changed": _("a customer has another owner"),
    "consent.changed": _("consent was granted or withdrawn"),
    "order.recorded": _("a new order"),
    "order.changed": _("an order was confirmed, fulfilled, cancelled or returned"),
    "inquiry.recorded": _("a call, form, visit or chat"),
    "message.bounced": _("a message could not be delivered"),
    "nps.answered": _("an answer to the NPS question"),
    "obligation.broken": _("a promise was broken"),
}


class SubscriptionForm(forms.ModelForm):
    """Where to, of what, and how much."""

    url = forms.CharField(
        label=_("Address"),
        max_length=2000,
        widget=forms.URLInput(attrs={"placeholder": "https://example.com/hook", "autocomplete": "off"}),
        help_text=_("https:// and public. It gets a POST with JSON, and should answer 2xx within 15 seconds."),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=[(name, name) for name in BY_NAME],
        error_messages={"required": _("Choose at least one of the events.")},
    )

    class Meta:
        model = Subscription
        fields = ("name", "url", "events", "with_contacts")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            outgoing.check_url(url)
        except outgoing.Refused as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return url

    @property
    def event_rows(self) -> list[dict[str, Any]]:
        """The boxes with what each event means."""
        chosen = set(self["events"].value() or ())
        return [{"name": name, "text": MEANINGS[name], "is_on": name in chosen} for name in BY_NAME]
