"""E-mail over a real SMTP dialogue with a server of this test."""

import email
import socket
from dataclasses import replace
from email import policy

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import EmailMultiAlternatives

from campaigns.gateways.email import EmailGateway
from campaigns.gateways.envelope import letter
from campaigns.gateways.interface import Email, Refused, Unavailable, Unclear

LETTER = Email(
    to="anna@shop.test",
    subject="Анна, скидка 10 % на ваш следующий заказ, и это длинная тема письма",
    text="Привет!\n.\nТочка на строке\n" + "слово " * 50,
    html="<p>Привет!</p>\n" + "<b>слово</b> " * 400,
    message_id="<1.abc@shop.test>",
    unsubscribe_url="https://crm.shop.test/u/x/",
)


class Inbox:
    """Keeps what it gets; `replies` are given instead of the usual answers."""

    def __init__(self):
        self.letters = []
        self.sessions = set()
        self.replies = {}
        self.hang_up = None

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.hang_up == "MAIL":
            self.hang_up = None
            server.transport.abort()
        envelope.mail_from = address
        return self.replies.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):
        if "RCPT" not in self.replies:
            envelope.rcpt_tos.append(address)
        return self.replies.get("RCPT", "250 OK")

    async def handle_DATA(self, server, session, envelope):
        if self.hang_up == "DATA":
            server.transport.abort()
        self.sessions.add(session.peer)
        if "DATA" not in self.replies:
            self.letters.append(envelope.content)
        return self.replies.get("DATA", "250 OK")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def inbox(settings):
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.DEFAULT_FROM_EMAIL = "Ферма <ferma@shop.test>"
    settings.EMAIL_TIMEOUT = 2
    yield inbox
    controller.stop()


@pytest.fixture
def gateway(inbox):
    gateway = EmailGateway()
    yield gateway
    gateway.close()


def test_a_letter_arrives_whole(inbox, gateway):
    gateway.send(LETTER)
    letter = email.message_from_bytes(inbox.letters[0], policy=policy.default)
    assert letter["Subject"] == LETTER.subject
    assert letter["From"] == "Ферма <ferma@shop.test>"
    assert letter["Message-ID"] == LETTER.message_id
    assert letter["List-Unsubscribe"] == "<https://crm.shop.test/u/x/>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.get_body(("plain",)).get_content().replace("\r\n", "\n") == LETTER.text
    assert letter.get_body(("html",)).get_content().replace("\r\n", "\n") == LETTER.html
    assert letter.defects == []


def test_the_quick_bytes_say_the_same_as_djangos_own():
    sender = "Ферма <ferma@shop.test>"
    slow = EmailMultiAlternatives(LETTER.subject, LETTER.text, sender, [LETTER.to], headers={"Message-ID": "<1@x>"})
    slow.attach_alternative(LETTER.html, "text/html")
    ours, djangos = (
        email.message_from_bytes(made, policy=policy.default)
        for made in (letter(replace(LETTER, message_id="<1@x>"), sender), slow.message().as_bytes(linesep="\r\n"))
    )
    for name in ("Subject", "From", "To", "Message-ID", "MIME-Version"):
        assert ours[name].strip() == djangos[name].strip()
    for kind in ("plain", "html"):
        texts = [m.get_body((kind,)).get_content().replace("\r\n", "\n").strip() for m in (ours, djangos)]
        assert texts[0] == texts[1]


@pytest.mark.parametrize("subject", ["", "plain", "=?utf-8?b?", "я" * 300, "😀" * 100, "a" * 200])
def test_any_subject_comes_through(subject):
    made = letter(replace(LETTER, subject=subject), "ferma@shop.test")
    assert email.message_from_bytes(made, policy=policy.default)["Subject"].strip() == subject
    assert max(map(len, made.split(b"\r\n\r\n")[0].split(b"\r\n"))) <= 200


def test_what_was_announced_can_be_taken_back(inbox, gateway):
    gateway.open()
    gateway.announce(LETTER)
    gateway.retract()
    assert inbox.letters == []
    other = replace(LETTER, message_id="<2@x>")
    gateway.open()
    gateway.announce(other)
    gateway.send(other)
    assert len(inbox.letters) == 1


def test_a_refusal_of_what_was_announced_is_told_when_it_is_sent(inbox, gateway):
    inbox.replies["RCPT"] = "550 5.1.1 no such user"
    gateway.open()
    gateway.announce(LETTER)
    with pytest.raises(Refused):
        gateway.send(LETTER)


def test_a_line_break_cannot_add_a_header(inbox, gateway):
    with pytest.raises(Refused):
        gateway.send(Email("a@shop.test", "x", "t", "<p>t</p>", message_id="<1@x>\r\nBcc: b@shop.test"))
    assert inbox.letters == []


def test_without_https_there_is_no_one_click_header(inbox, gateway):
    gateway.send(Email("a@shop.test", "x", "t", "<p>t</p>", "<1@x>", unsubscribe_url="http://crm.test/u/x/"))
    letter = email.message_from_bytes(inbox.letters[0])
    assert letter["List-Unsubscribe"] == "<http://crm.test/u/x/>"
    assert "List-Unsubscribe-Post" not in letter


def test_one_connection_carries_many_letters(inbox, gateway):
    for _ in range(5):
        gateway.send(LETTER)
    assert len(inbox.letters) == 5
    assert len(inbox.sessions) == 1


@pytest.mark.parametrize(
    ("step", "reply", "error", "flag"),
    [
        ("RCPT", "550 5.1.1 no such user", Refused, "address_fault"),
        ("RCPT", "550 no such user", Refused, "address_fault"),
        ("RCPT", "550 5.7.1 you look like spam", Refused, None),
        ("RCPT", "451 4.7.1 greylisted", Unavailable, None),
        ("DATA", "554 spam", Refused, None),
        ("DATA", "452 disk full", Unavailable, None),
        ("MAIL", "550 sender unknown", Unavailable, "whole"),
        ("MAIL", "421 closing", Unavailable, None),
    ],
)
def test_each_refusal_means_what_it_says(inbox, gateway, step, reply, error, flag):
    inbox.replies[step] = reply
    with pytest.raises(error) as caught:
        gateway.send(LETTER)
    flags = [name for name in ("address_fault", "whole") if getattr(caught.value, name, False)]
    assert flags == ([flag] if flag else [])
    inbox.replies.clear()
    gateway.send(LETTER)
    assert len(inbox.letters) == 1


def test_a_server_that_goes_away_after_the_text_leaves_it_unclear(inbox, gateway):
    inbox.hang_up = "DATA"
    with pytest.raises(Unclear):
        gateway.send(LETTER)


def test_an_idle_connection_that_was_closed_is_opened_anew(inbox, gateway):
    gateway.send(LETTER)
    inbox.hang_up = "MAIL"
    gateway.send(LETTER)
    assert len(inbox.letters) == 2


def test_nobody_listening_is_certainly_not_sent(inbox, settings):
    settings.EMAIL_PORT = 9
    with pytest.raises(Unavailable) as caught:
        EmailGateway().send(LETTER)
    assert caught.value.whole


def test_an_address_that_cannot_be_written_is_refused(inbox, gateway):
    with pytest.raises(Refused) as caught:
        gateway.send(Email("@@", "x", "t", "<p>t</p>", "<1@x>"))
    assert caught.value.address_fault
