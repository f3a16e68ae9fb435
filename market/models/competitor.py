"""Who else sells what we sell."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Competitor(models.Model):
    """A company that customers leave for. It is taken out of use, never deleted: what was recorded keeps its name."""

    name = models.CharField(_("name"), max_length=200)
    website = models.URLField(_("website"), max_length=300, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("competitor")
        verbose_name_plural = _("competitors")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="competitor_once",
                violation_error_message=_("There is a competitor with this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
