"""Reads of this app."""

from webforms.queries.sites import FormRow, form_rows, open_form, open_site, sites, submissions_of, visits_today
from webforms.queries.visitors import customer_of

__all__ = [
    "FormRow",
    "customer_of",
    "form_rows",
    "open_form",
    "open_site",
    "sites",
    "submissions_of",
    "visits_today",
]
