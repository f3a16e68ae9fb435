"""What a step's message looks like, with example values."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from campaigns.models import Flow, FlowStep, MessageChannel, MessageTemplate, StepKind
from campaigns.queries.templates import templates_of
from campaigns.rules.liquid_text import TemplateFaultError, render
from campaigns.rules.message import Rendered, Text, render_email, render_sms
from campaigns.rules.sms_parts import sms_parts
from campaigns.rules.variables import examples
from core.models import Language
from loyalty.queries import discount_text


@dataclass(frozen=True)
class Preview:
    """A message in one language; `fault` says why there is none."""

    language: str
    language_name: str
    content: Rendered | None
    fault: str = ""
    parts: int = 0


def step_previews(flow: Flow, steps: Sequence[FlowStep]) -> list[list[Preview]]:
    """For each step its message in every language of the interface; a task has one text, the company's."""
    stored = templates_of([step.template_code for step in steps if step.template_code])
    return [
        [task_preview(flow, step)]
        if step.kind == StepKind.TASK
        else [preview(flow, stored.get((step.template_code, language)), language) for language in Language.values]
        for step in steps
    ]


def preview(flow: Flow, template: MessageTemplate | None, language: str) -> Preview:
    """One template with example values."""
    name = str(Language(language).label)
    if template is None:
        return Preview(language, name, None)
    values = _values(flow, language)
    text = Text(language, template.subject, template.body)
    try:
        if template.channel == MessageChannel.SMS:
            content = render_sms(text, values)
            return Preview(language, name, content, parts=sms_parts(content.text))
        return Preview(language, name, render_email(text, values))
    except TemplateFaultError as error:
        return Preview(language, name, None, fault=str(error))


def task_preview(flow: Flow, step: FlowStep) -> Preview:
    """What the farmer will read, with example values."""
    language = settings.LANGUAGE_CODE
    try:
        note = render(step.task_note, _values(flow, language), autoescape=False)
    except TemplateFaultError as error:
        return Preview(language, "", None, fault=str(error))
    return Preview(language, "", Rendered("", note))


def _values(flow: Flow, language: str) -> dict[str, str]:
    values = examples(language) | {"company": settings.COMPANY_NAME}
    return values | {"discount": discount_text(flow.offer, language)} if flow.offer else values
