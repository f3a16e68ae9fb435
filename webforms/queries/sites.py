"""Sites, forms, and what was sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from acquisition.models import Inquiry
from customers.models import TimelineEvent
from webforms.models import Form, FormDay, Site
from webforms.rules.visits import KINDS

DAYS = 30


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form with its last thirty days."""

    form: Form
    taken: int
    spam: int
    limited: int


def sites() -> QuerySet[Site]:
    """Every site with how many forms it has."""
    return Site.objects.annotate(form_count=Count("forms"), live_forms=Count("forms", filter=Q(forms__is_active=True)))


def form_rows(forms: Iterable[Form], today: date) -> list[FormRow]:
    """Forms with how many submissions they had in thirty days, in one query."""
    forms = list(forms)
    days = FormDay.objects.filter(form__in=forms, day__gt=today - timedelta(days=DAYS)).values("form")
    counts = {row["form"]: row for row in days.annotate(t=Sum("taken"), s=Sum("spam"), x=Sum("limited"))}
    nothing = {"t": 0, "s": 0, "x": 0}
    found = ((form, counts.get(form.pk, nothing)) for form in forms)
    return [FormRow(form, count["t"], count["s"], count["x"]) for form, count in found]


def open_form(code: str) -> Form | None:
    """A form that takes submissions, with its site and text."""
    forms = Form.objects.select_related("site", "consent_text")
    return forms.filter(code=code, is_active=True, site__is_active=True).first()


def open_site(key: str) -> Site | None:
    """A site that takes visits."""
    return Site.objects.filter(key=key, is_active=True, reports_visits=True).first()


def submissions_of(form: Form) -> QuerySet[Inquiry]:
    """What was sent through a form, the newest first."""
    return Inquiry.objects.filter(source=form.source).select_related("customer", "channel").order_by("-at", "-id")


def visits_today(site: Site, now: datetime) -> dict[str, int]:
    """How many visits of each kind a site told in the last day."""
    rows = TimelineEvent.objects.filter(kind__in=KINDS.values(), at__gte=now - timedelta(days=1), data__site=site.name)
    return dict(rows.values_list("kind").annotate(count=Count("id")))
