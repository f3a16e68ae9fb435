"""Why customers leave, in the company's own words or in ours."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from market.words import NAMES, QUESTIONS


class LeavingReason(models.Model):
    """One reason. Those that come with the program have a code and a translated name until it is worded anew."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("reason for leaving")
        verbose_name_plural = _("reasons for leaving")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name or str(NAMES.get(self.code, self.code))

    @property
    def asked(self) -> str:
        """The reason as a customer would say it, for the public page."""
        return self.name or str(QUESTIONS.get(self.code, self.code))
