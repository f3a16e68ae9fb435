"""Message templates: text written by users, in Liquid."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Language


class MessageChannel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")


class Purpose(models.TextChoices):
    """Marketing needs consent; service messages (an NPS question after an order) do not."""

    MARKETING = "marketing", pgettext_lazy("purpose of a message", "Marketing")
    SERVICE = "service", pgettext_lazy("purpose of a message", "Service")


class MessageTemplate(models.Model):
    """One message in one language. `code` groups its languages; variables are plain values."""

    code = models.SlugField(_("code"), max_length=50)
    language = models.CharField(_("language"), max_length=5, choices=Language.choices)
    channel = models.CharField(_("channel"), max_length=10, choices=MessageChannel.choices)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices, default=Purpose.MARKETING)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), help_text=_("Liquid. In an e-mail, HTML; its text part is made from it."))

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "language"],
                name="template_once_per_language",
                violation_error_message=_("There is a template with this code in this language."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.language})"
