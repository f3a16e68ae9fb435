"""Forms of the pages: a site, a form on it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from acquisition.models import Channel
from webforms.models import Form, FormField, Site
from webforms.rules.addresses import origin_of
from webforms.rules.submission import CONTACTS


class OriginsField(forms.CharField):
    """Addresses of a site, one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "placeholder": "https://shop.example"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        wrong = [line for line in lines if origin_of(line) is None]
        if wrong:
            text = _("“%(line)s” is not an address. Expected, for example: https://shop.example")
            raise forms.ValidationError(text % {"line": wrong[0][:100]})
        return lines


class SiteForm(forms.ModelForm):
    """A site: where it lives, and whether it tells of visits."""

    origins = OriginsField(
        label=_("Addresses"), help_text=_("One a line, with www and without it. Forms work on these pages only.")
    )

    class Meta:
        model = Site
        fields = ("name", "origins", "reports_visits", "is_active")


def address_field(label: Any) -> forms.URLField:
    """An address that may be left out; without a scheme it is https."""
    return forms.URLField(label=label, required=False, max_length=500, assume_scheme="https")


class WebFormForm(forms.ModelForm):
    """A form: what it asks, what it says, and to which channel it counts."""

    fields_shown = forms.MultipleChoiceField(
        label=_("Fields"), choices=FormField.choices, widget=forms.CheckboxSelectMultiple
    )
    fields_required = forms.MultipleChoiceField(
        label=_("Must be filled in"),
        choices=FormField.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A phone or an e-mail is always needed: one of them is enough, unless it is ticked."),
    )
    consent = forms.CharField(
        label=_("Consent to marketing"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "The words beside the box. Other words are a new version; what was agreed to before stays on record."
        ),
    )
    channel_code = forms.ChoiceField(label=_("Channel"), required=False)
    redirect_ru = address_field(_("After sending: to the page, in Russian"))
    redirect_en = address_field(_("After sending: to the page, in English"))
    privacy_url = address_field(_("Privacy policy"))

    class Meta:
        model = Form
        fields = (
            "name", "title_ru", "title_en", "thanks_ru", "thanks_en", "redirect_ru", "redirect_en", "privacy_url",
            "is_active",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        any_channel = [("", _("by the utm_source of the page"))]
        self.fields["channel_code"].choices = any_channel + list(Channel.objects.values_list("code", "name"))
        form = self.instance
        self.initial |= {
            "fields_shown": form.fields if form.pk else [FormField.NAME, FormField.PHONE],
            "fields_required": form.required or [],
            "channel_code": form.channel_code,
            "consent": form.consent_text.body if form.consent_text else "",
        }

    def clean_fields_shown(self) -> list[str]:
        shown: list[str] = self.cleaned_data["fields_shown"]
        if not set(shown) & set(CONTACTS):
            raise forms.ValidationError(_("Ask for a phone or an e-mail: else there is nothing to answer to."))
        return shown
