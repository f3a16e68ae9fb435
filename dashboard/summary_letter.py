"""The weekly summary as an e-mail: the words of the page, in the reader's language."""

from datetime import date
from email.utils import parseaddr

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from campaigns.gateways.interface import Email
from core.formats import money_text
from core.models import User
from dashboard.base_value_charts import words
from dashboard.queries.summary import Summary

_INLINER = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)


def compose(*, user: User, week: date, summary: Summary) -> Email:
    """The letter of a week (its Monday) to one person."""
    with translation.override(user.language):
        context = {"summary": summary, "causes": words(), "root": settings.PUBLIC_URL, "reader": user}
        context["company"] = settings.COMPANY_NAME
        html = _INLINER.inline(render_to_string("dashboard/summary_letter.html", context))
        text = render_to_string("dashboard/summary_letter.txt", context).strip() + "\n"
        subject = _("The base is worth %(value)s: the week in short") % {
            "value": money_text(summary.snapshot.base_value)
        }
    return Email(to=user.email, subject=subject, text=text, html=html, message_id=_message_id(user, week))


def _message_id(user: User, week: date) -> str:
    """The same for every attempt, so that a mailbox sees a repetition as one."""
    key = f"{week:%Y%m%d}.{user.pk}"
    digest = salted_hmac("dashboard.summary", key, algorithm="sha256").hexdigest()[:16]
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<summary.{key}.{digest}@{domain}>"
