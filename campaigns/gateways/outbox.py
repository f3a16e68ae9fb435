"""Gateways that keep what they were given on a page; nothing leaves the machine."""

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from campaigns.gateways.interface import Receipt
from campaigns.models import MessageChannel, OutboxMessage


class EmailBackend(BaseEmailBackend):
    """A Django e-mail backend: `EMAIL_BACKEND=campaigns.gateways.outbox.EmailBackend`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = [_row(message, to) for message in email_messages for to in message.recipients()]
        OutboxMessage.objects.bulk_create(rows)
        return len(email_messages)


class SmsOutbox:
    """An SMS gateway: `SMS_GATEWAY=outbox`."""

    def send(self, to: str, text: str) -> Receipt:
        row = OutboxMessage.objects.create(channel=MessageChannel.SMS, to=to, text=text)
        return Receipt(f"outbox-{row.pk}")


def _row(message: EmailMessage, to: str) -> OutboxMessage:
    alternatives = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    return OutboxMessage(
        channel=MessageChannel.EMAIL,
        to=to,
        subject=message.subject,
        text=message.body,
        html=next((part for part, kind in alternatives if kind == "text/html"), ""),
        headers={"From": message.from_email, **message.extra_headers},
    )
