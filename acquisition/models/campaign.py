"""Campaigns: what a channel's money goes to."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from acquisition.models.channel import Channel


class Campaign(models.Model):
    """One campaign of a channel, known to integrations by its code (utm_campaign).

    Orders and inquiries name it behind the channel: `ads/spring`. The days are for people: they limit nothing.
    """

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("channel"))
    code = models.SlugField(_("code"), max_length=50)
    name = models.CharField(_("name"), max_length=200)
    starts_on = models.DateField(_("begins"), null=True, blank=True)
    ends_on = models.DateField(_("ends"), null=True, blank=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "code"],
                name="campaign_once",
                violation_error_message=_("The channel has a campaign with this code."),
            ),
            models.CheckConstraint(
                condition=Q(code=Lower("code")),
                name="campaign_code_is_lower_case",
                violation_error_message=_("The code of a campaign is written in lower case."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="campaign_ends_after_it_begins",
                violation_error_message=_("A campaign cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
