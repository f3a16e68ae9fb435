"""The company's site with its form, and what came through it."""

from datetime import timedelta

from core.visitors import Visitor
from customers.models import ConsentText, ContactPoint
from demo.actions.accounts import person
from demo.actions.people_acting import work_of
from demo.actions.story import Story
from demo.rules.leads import STRANGERS, Submission, submissions
from demo.rules.people import phone_of
from demo.rules.reading import AGENT
from demo.rules.visiting import ADDRESS, SITE
from webforms.actions import FormData, save_form, save_site, submit
from webforms.actions.submissions import TRAP
from webforms.links import make_stamp
from webforms.models import Form, Site

OPENED_DAYS_AGO = 120
FILLED_IN = timedelta(seconds=48)
VISITOR = Visitor("203.0.113.24", AGENT)
CONSENT = "Согласен получать письма и SMS о дегустациях, новинках и скидках. Отозвать согласие можно в любой день."
FORM = FormData(
    name="Заявка на дегустацию",
    fields=("name", "phone", "email", "message"),
    required=("name", "phone"),
    title_ru="Приходите попробовать",
    title_en="Come and taste",
    thanks_ru="Спасибо! Перезвоним сегодня.",
    thanks_en="Thank you! We will call you back today.",
    privacy_url=f"{ADDRESS}/privacy",
    channel_code="seo",
)


def open_website(story: Story) -> None:
    """Make the site and its form, and send the form as people did."""
    by, opened = person("marketer"), story.moment_of_end - timedelta(days=OPENED_DAYS_AGO)
    with work_of(by, opened):
        site = save_site(site_id=None, name=SITE, origins=[ADDRESS], reports_visits=True, is_active=True, by=by)
        form = save_form(site=site, form_id=None, data=FORM, consent=CONSENT, by=by)
    Site.objects.filter(pk=site.pk).update(created_at=opened)
    Form.objects.filter(pk=form.pk).update(created_at=opened)
    ConsentText.objects.filter(version__startswith=form.source).update(created_at=opened)
    phones = ContactPoint.objects.filter(channel="phone", customer__owner=None).order_by("customer", "pk")
    known = list(phones.values_list("customer__name", "value")[:3])
    for number, sent in enumerate(submissions()):
        _send(form, story, sent, number, known)


def _send(form: Form, story: Story, sent: Submission, number: int, known: list[tuple[str, str]]) -> None:
    at = story.moment_of_end - timedelta(days=sent.days_ago, hours=number % 5 + 6, minutes=7 * number)
    name, phone = sent.name, phone_of(STRANGERS + number)
    if sent.known is not None and sent.known < len(known):
        name, phone = known[sent.known]
    told = {
        "stamp": make_stamp(form.pk, now=at - FILLED_IN),
        "name": name or "Гость",
        "phone": phone,
        "message": sent.message,
        "consent": "on" if sent.agrees else "",
        "page": ADDRESS + sent.page,
        TRAP: "http://spam.example" if sent.is_spam else "",
    }
    submit(form=form, told=told, visitor=VISITOR, language="ru", now=at)
