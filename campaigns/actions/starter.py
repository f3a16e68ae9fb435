"""The win-back flow that every installation may begin with."""

from decimal import Decimal
from pathlib import Path

from django.db import transaction

from campaigns.models import Flow, FlowStep, MessageChannel, MessageTemplate, Purpose, StepKind
from core.models import Language
from loyalty.models import Offer, OfferKind

WIN_BACK = "win-back"
EMAIL_TEMPLATE, SMS_TEMPLATE = "win-back-email", "win-back-sms"
_TEXTS = Path(__file__).resolve().parent.parent / "starter"
_SUBJECTS = {
    Language.RUSSIAN: "{{ first_name }}, скидка {{ discount }} на ваш следующий заказ",
    Language.ENGLISH: "{{ first_name }}, {{ discount }} off your next order",
}
_NAMES = {Language.RUSSIAN: "Возвращение клиента", Language.ENGLISH: "Win-back"}
_OFFERS = {Language.RUSSIAN: "Скидка на возвращение", Language.ENGLISH: "Win-back discount"}
_NOTES = {
    Language.RUSSIAN: (
        "Не ответил на письмо и SMS. Позвоните: спросите, что изменилось, и напомните о скидке {{ discount }} "
        "по промокоду {{ promo_code }} (до {{ promo_expires }})."
    ),
    Language.ENGLISH: (
        "No answer to the e-mail and the text message. Call: ask what has changed, and remind of {{ discount }} off "
        "with the code {{ promo_code }} (until {{ promo_expires }})."
    ),
}


@transaction.atomic
def install_win_back(*, language: Language = Language.RUSSIAN, is_active: bool = False) -> Flow:
    """Create the win-back flow with its templates in Russian and English and its offer of 10 %, unless it is there.

    `language` is that of its name and of the task for the farmer. A flow that exists is left as it is.
    """
    fields = {
        "name": _NAMES[language],
        "trigger_values": ["at_risk", "lapsed"],
        "holdout_percent": 10,
        "pause_days": 180,
        "is_active": is_active,
    }
    # First the flow: whoever asks at the same moment waits for it here, and finds it.
    flow, created = Flow.objects.get_or_create(code=WIN_BACK, defaults=fields)
    if not created:
        return flow
    for each in (Language.RUSSIAN, Language.ENGLISH):
        _install_template(EMAIL_TEMPLATE, MessageChannel.EMAIL, each, _SUBJECTS[each], "html")
        _install_template(SMS_TEMPLATE, MessageChannel.SMS, each, "", "txt")
    flow.offer = Offer.objects.create(
        name=_OFFERS[language], kind=OfferKind.PERCENT, percent=Decimal(10), valid_days=30, prefix="BACK"
    )
    flow.save(update_fields=["offer"])
    FlowStep.objects.bulk_create(
        [
            FlowStep(flow=flow, position=1, kind=StepKind.EMAIL, wait_days=0, template_code=EMAIL_TEMPLATE),
            FlowStep(flow=flow, position=2, kind=StepKind.SMS, wait_days=5, template_code=SMS_TEMPLATE),
            FlowStep(flow=flow, position=3, kind=StepKind.TASK, wait_days=7, task_note=_NOTES[language]),
        ]
    )
    return flow


def _install_template(code: str, channel: str, language: str, subject: str, suffix: str) -> None:
    body = (_TEXTS / f"{code}.{language}.{suffix}").read_text(encoding="utf-8")
    fields = {"channel": channel, "purpose": Purpose.MARKETING, "subject": subject, "body": body}
    MessageTemplate.objects.get_or_create(code=code, language=language, defaults=fields)
