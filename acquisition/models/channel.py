"""Where customers come from."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class ChannelKind(models.TextChoices):
    PAID = "paid", _("Paid advertising")
    ORGANIC = "organic", _("Organic")
    REFERRAL = "referral", _("Recommendation")
    OFFLINE = "offline", _("Offline")


class Channel(models.Model):
    """A source of customers, known to integrations by its code."""

    code = models.SlugField(
        _("code"),
        max_length=50,
        unique=True,
        error_messages={"unique": _("There is a channel with this code.")},
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=ChannelKind.choices, default=ChannelKind.PAID)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code=Lower("code")),
                name="channel_code_is_lower_case",
                violation_error_message=_("The code of a channel is written in lower case."),
            )
        ]

    def __str__(self) -> str:
        return self.name
