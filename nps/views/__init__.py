"""Pages of this app."""

from nps.views.answer import nps_answer
from nps.views.results import nps_answers, nps_results

__all__ = ["nps_answer", "nps_answers", "nps_results"]
