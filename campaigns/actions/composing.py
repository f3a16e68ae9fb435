"""From a claimed delivery to the very message that would go."""

from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr
from functools import cached_property, lru_cache

from babel.dates import format_skeleton
from django.conf import settings
from django.utils.crypto import salted_hmac

from campaigns.gateways.interface import Email
from campaigns.links import unsubscribe_url
from campaigns.models import Delivery, MessageChannel, MessageTemplate, Purpose
from campaigns.queries.recipients import Facts
from campaigns.rules.liquid_text import TemplateFaultError
from campaigns.rules.message import Rendered, Text, render_email, render_sms
from campaigns.rules.names import first_name
from campaigns.rules.variables import plain
from core.periods import company_day
from customers.models import Customer, CustomerKind
from market.links import why_url
from webforms.links import visitor_token


@dataclass(frozen=True)
class Outgoing:
    """A delivery with all that its gateway needs."""

    delivery: Delivery
    address: str
    content: Rendered
    unsubscribe_url: str
    message_id: str

    @cached_property
    def email(self) -> Email:
        """The message as the e-mail gateway takes it."""
        return Email(
            to=self.address,
            subject=self.content.subject,
            text=self.content.text,
            html=self.content.html,
            message_id=self.message_id,
            unsubscribe_url=self.unsubscribe_url,
        )


def compose(delivery: Delivery, facts: Facts) -> Outgoing:
    """Write the message. Raises TemplateFaultError where there is no usable template."""
    customer = facts.customers[delivery.customer_id]
    template = pick_template(facts.templates.get(delivery.template_code, {}), customer.language)
    if template is None or template.channel != delivery.channel:
        raise TemplateFaultError(f"no template {delivery.template_code} for {delivery.channel}")
    leave_url = _leave_url(delivery)
    values = {**delivery.context, **customer_values(customer), "unsubscribe_url": leave_url}
    if "promo_expires" in delivery.context:
        values["promo_expires"] = day_in_words(delivery.context["promo_expires"], template.language)
    if "visitor_token" in template.body:
        values["visitor_token"] = visitor_token(delivery.customer_id)
    if "why_url" in template.body:
        values["why_url"] = why_url(customer_id=delivery.customer_id, on=company_day(delivery.due_at))
    text = Text(template.language, template.subject, template.body)
    render = render_email if delivery.channel == MessageChannel.EMAIL else render_sms
    return Outgoing(
        delivery=delivery,
        address=facts.addresses[delivery.customer_id, delivery.channel],
        content=render(text, plain(values)),
        unsubscribe_url=leave_url,
        message_id=_message_id(delivery),
    )


def pick_template(by_language: dict[str, MessageTemplate], language: str) -> MessageTemplate | None:
    """The customer's language, else the installation's, else whichever there is."""
    for wanted in (language, settings.LANGUAGE_CODE, *by_language):
        if wanted in by_language:
            return by_language[wanted]
    return None


def customer_values(customer: Customer) -> dict[str, str]:
    """Variables that every message has."""
    is_person = customer.kind == CustomerKind.PERSON
    return {
        "customer_name": customer.name,
        "first_name": first_name(customer.name) if is_person else customer.name,
        "company": settings.COMPANY_NAME,
    }


def _leave_url(delivery: Delivery) -> str:
    if delivery.purpose != Purpose.MARKETING:
        return ""
    return unsubscribe_url(customer_id=delivery.customer_id, channel=delivery.channel, delivery_id=delivery.pk)


def _message_id(delivery: Delivery) -> str:
    """The same for every attempt at the same delivery, so that a mailbox sees a repetition as one."""
    digest = salted_hmac("campaigns.message_id", delivery.key, algorithm="sha256").hexdigest()[:16]
    return f"<{delivery.pk}.{digest}@{_domain(settings.DEFAULT_FROM_EMAIL)}>"


@lru_cache(maxsize=16)
def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


@lru_cache(maxsize=256)
def day_in_words(iso: str, language: str) -> str:
    """ "2026-12-31" as "31 декабря"."""
    return format_skeleton("MMMMd", date.fromisoformat(iso), locale=language)
