"""Fits of the purchase models, each with its backtest."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Forecast(models.TextChoices):
    MBG_NBD = "mbg_nbd", "MBG/NBD × Gamma-Gamma"
    BG_NBD = "bg_nbd", "BG/NBD × Gamma-Gamma"
    COHORT_AVERAGE = "cohort_average", _("Average rate of the cohort")


class ModelFit(models.Model):
    """What was fitted on the base's orders up to a day. The newest one is used by the night."""

    fitted_at = models.DateTimeField(_("fitted"))
    until = models.DateField(_("orders until"))
    method = models.CharField(_("method"), max_length=30, choices=Forecast.choices)
    reason = models.CharField(max_length=50, blank=True, help_text="Code of why the default was not used.")
    customers = models.IntegerField(_("customers"))
    repeat_buyers = models.IntegerField(_("repeat buyers"))
    parameters = models.JSONField(default=dict)
    log_likelihood = models.FloatField(null=True)
    holdout_days = models.IntegerField(null=True, help_text="Length of the history held out for the backtest.")
    backtest = models.JSONField(default=list)
    trial = models.JSONField(
        default=dict, help_text="How the method did by week, by group and in money, and whether leaving was foretold."
    )

    class Meta:
        get_latest_by = "fitted_at"
        ordering = ["-fitted_at"]
