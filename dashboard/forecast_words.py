"""Methods of the forecast, and why one is in force, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

METHODS: dict[str, str | Promise] = {
    "mbg_nbd": "MBG/NBD",
    "bg_nbd": "BG/NBD",
    "cohort_average": _("Average rate of the cohort"),
    "same_count": _("As many repeat orders as before"),
    "same_rate": _("At the same rate as before"),
    "zero": _("Nobody comes back"),
}

# The codes of segmentation.rules.ltv.codes.Reason; those of a method that does its work need no words.
REASONS: dict[str, str | Promise] = {
    "no_customers": _("there are no customers to learn from"),
    "too_few_repeat_buyers": _("too few customers have come back to learn from"),
    "history_too_short": _("the history is too short to hold out a part of it"),
    "not_converged": _("the search for the parameters did not end"),
    "parameters_at_bounds": _("the parameters ran to the edge of what makes sense"),
    "expectation_explodes": _("it foretold more than ten times the orders of the past"),
    "infinite_mean_margin": _("the mean margin it foretold had no bound"),
    "equal_margins": _("all margins are alike"),
    "lost_to_naive": _("it was no better than the simplest guess on the part held out"),
    "no_holdout": _("there is no later history to test it on"),
}
