"""Templates, flows and suppressed addresses in the administrator's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaigns.actions.editing import check_template
from campaigns.models import Flow, FlowStep, MessageTemplate, Suppression
from core.errors import InvalidInput
from core.formats import masked_text


class MessageTemplateForm(forms.ModelForm):
    class Meta:
        model = MessageTemplate
        fields = ["code", "language", "channel", "purpose", "subject", "body"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("subject", "body"):
            try:
                check_template(data.get(name) or "", field=name)
            except InvalidInput as error:
                self.add_error(name, error.message)
        return data


@admin.register(MessageTemplate)
class MessageTemplateAdmin(admin.ModelAdmin):
    form = MessageTemplateForm
    list_display = ["code", "language", "channel", "purpose", "subject"]
    list_filter = ["channel", "language", "purpose"]


class FlowStepInline(admin.TabularInline):
    model = FlowStep
    extra = 0


@admin.register(Flow)
class FlowAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "is_active", "holdout_percent", "offer"]
    inlines = [FlowStepInline]


@admin.register(Suppression)
class SuppressionAdmin(admin.ModelAdmin):
    list_display = ["masked", "channel", "reason", "at"]
    list_filter = ["channel"]
    search_fields = ["=address"]

    @admin.display(description=_("address"))
    def masked(self, suppression: Suppression) -> str:
        return masked_text(suppression.address, suppression.channel)
