"""The main job, told from end to end: what comes in, what the night concludes, what is sent, what that brought."""

import email
import json
import socket
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from acquisition.models import Channel, Spend, SpendKind
from campaigns.actions import install_win_back
from campaigns.models import Delivery, Enrolment, EnrolmentState
from campaigns.queries.flow_effect import flow_effect
from campaigns.tasks import advance_flows, send_due
from core.formats import money_text
from core.models import Scope
from core.tokens import issue_token
from crm import nightly
from customers.models import Consent, Customer, Order
from loyalty.models import PromoCode
from nps.actions import record_response
from nps.models import Invitation
from nps.queries import total_score
from nps.tasks import tick as ask_for_scores
from segmentation.models import BaseSnapshot, Lifecycle, Standing
from segmentation.tasks import refresh_stale
from tests.factories.core import IntegrationFactory, ManagerFactory, UserFactory
from touches.models import Task, TaskKind, Touch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("new_installation")]

# A Monday noon in Moscow, outside of quiet hours.
TODAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
FAITHFUL, LAPSED = 60, 30


class Inbox:
    """The letters that an SMTP server received."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, _server, _session, envelope):
        self.letters.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 OK"

    def to(self, address):
        return [letter for letter in self.letters if letter["To"] == address]


@pytest.fixture
def inbox(settings):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    # One click to unsubscribe is offered over TLS only (RFC 8058).
    settings.PUBLIC_URL = "https://crm.shop.test"
    yield inbox
    controller.stop()


@pytest.fixture
def sms_service(settings):
    """Answers as SMS.ru does, and keeps what it was asked to send."""
    texts = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            if self.path == "/sms/send":
                texts.append((asked["to"][0], asked["msg"][0]))
            one = {"status": "OK", "status_code": 100, "sms_id": f"id-{len(texts)}", "cost": "4.20"}
            body = json.dumps({"status": "OK", "status_code": 100, "sms": {asked["to"][0]: one}}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_GATEWAY, settings.SMS_RU_API_ID = "sms_ru", "key"
    settings.SMS_RU_URL = f"http://127.0.0.1:{server.server_port}"
    yield texts
    server.shutdown()
    server.server_close()


@pytest.fixture
def shop():
    """A shop's program that pushes orders with its token."""
    _row, secret = issue_token(
        user=IntegrationFactory(),
        name="shop",
        scopes=[Scope.ORDERS_WRITE, Scope.CUSTOMERS_WRITE],
        created_by=ManagerFactory(),
    )
    return Client(headers={"Authorization": f"Bearer {secret}"})


def order(customer: int, placed: datetime, number: int, **changes) -> dict:
    return {
        "source": "shop",
        "external_id": f"{customer}-{number}",
        "placed_at": placed.isoformat(),
        "status": "fulfilled",
        "channel": "search",
        "customer": {
            "external_id": f"c{customer}",
            "name": f"Покупатель {customer}",
            "email": f"c{customer}@shop.test",
            "phone": f"+7912000{customer:04d}",
            "consents": [{"channel": name, "proof": "checkout"} for name in ("email", "phone")],
        },
        "lines": [{"sku": "COFFEE", "quantity": 1, "price": "1000.00", "cost": "600.00"}],
        **changes,
    }


def history(customer: int, last: datetime, orders: int) -> list[dict]:
    """A purchase every 30 days, the last one on `last`."""
    return [order(customer, last - timedelta(days=30 * back), orders - back) for back in range(orders)]


def push(shop, orders: list[dict]) -> list[dict]:
    response = shop.post(reverse("api_orders_bulk"), json.dumps({"orders": orders}), "application/json")
    assert response.status_code == 200, response.content
    return response.json()["results"]


def test_from_an_order_to_the_figures_of_the_dashboard(shop, inbox, sms_service):
    farmer, manager = UserFactory(), ManagerFactory()
    channel = Channel.objects.create(code="search", name="Search")
    Spend.objects.create(channel=channel, month=date(2026, 5, 1), kind=SpendKind.ADVERTISING, amount=9000)

    with time_machine.travel(TODAY, tick=False):
        # 1. A year and a half of orders comes in by API: faithful customers, and some who stopped 120 days ago.
        pushed = []
        for customer in range(FAITHFUL):
            pushed += history(customer, TODAY - timedelta(days=customer % 25 + 1), 6 + customer % 9)
        for customer in range(FAITHFUL, FAITHFUL + LAPSED):
            pushed += history(customer, TODAY - timedelta(days=120), 6 + customer % 5)
        assert {row["fate"] for row in push(shop, pushed)} == {"created"}
        assert {row["fate"] for row in push(shop, pushed)} == {"unchanged"}
        assert Order.objects.count() == len(pushed)
        assert Customer.objects.count() == FAITHFUL + LAPSED
        assert Consent.objects.count() >= 2 * (FAITHFUL + LAPSED)
        Customer.objects.update(owner=farmer)

        # 2. The night grades the base and lets those who stopped into the win-back flow.
        flow = install_win_back(is_active=True)
        night = nightly.run(as_of=TODAY.date(), now=TODAY)
        assert {step.state for step in night.steps.all()} == {"done"}
        assert Standing.objects.filter(lifecycle=Lifecycle.LAPSED).count() == LAPSED
        entered = Enrolment.objects.filter(flow=flow)
        assert entered.count() == LAPSED
        held_out = entered.filter(state=EnrolmentState.HOLDOUT).count()
        assert 0 < held_out < LAPSED / 2

        # 3. They get a letter with a personal code; those of the control group get nothing.
        advance_flows()
        send_due()
        hero = entered.filter(state=EnrolmentState.ACTIVE).first().customer
        address = hero.contact_points.get(channel="email").value
        code = PromoCode.objects.get(customer=hero).code
        assert len(inbox.letters) == LAPSED - held_out
        (letter,) = inbox.to(address)
        assert code in letter.get_body(("plain",)).get_content()
        assert code in letter.get_body(("html",)).get_content()
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert Touch.objects.get(customer=hero).by is None

    # 4. One of them unsubscribes with one click; five days later the others get a text message.
    with time_machine.travel(TODAY + timedelta(days=5), tick=False):
        other = entered.filter(state=EnrolmentState.ACTIVE).last().customer
        (to_other,) = inbox.to(other.contact_points.get(channel="email").value)
        link = to_other["List-Unsubscribe"].strip("<>").partition("/u/")[2]
        assert Client().post(f"/u/{link}", {"List-Unsubscribe": "One-Click"}).status_code == 200
        advance_flows()
        send_due()
        phone = hero.contact_points.get(channel="phone").value.lstrip("+")
        (text,) = [text for number, text in sms_service if number == phone]
        assert code in text
        assert Delivery.objects.get(customer=hero, channel="sms").cost == Decimal("4.20")

    # 5. The hero orders with the code: the tick grades anew, the code is used up, the flow is left.
    with time_machine.travel(TODAY + timedelta(days=6), tick=False):
        now = TODAY + timedelta(days=6)
        number = int(address[1:].partition("@")[0])
        (result,) = push(shop, [order(number, now, 99, promo_code=code.lower())])
        assert result["fate"] == "created"
        assert refresh_stale() >= 1
        advance_flows()
        passage = entered.get(customer=hero)
        assert (passage.state, passage.exit_reason) == (EnrolmentState.LEFT, "ordered")
        assert Standing.objects.get(customer=hero).lifecycle == Lifecycle.ACTIVE

    # 6. Twelve days after the letter those who did not order are work for their farmer; the hero is not.
    with time_machine.travel(TODAY + timedelta(days=12, hours=1), tick=False):
        nightly.run(as_of=date(2026, 6, 13), now=TODAY + timedelta(days=12))
        assert PromoCode.objects.get(customer=hero).redeemed_by.external_id == f"{number}-99"
        advance_flows()
        tasks = Task.objects.filter(kind=TaskKind.WIN_BACK)
        assert tasks.count() == LAPSED - held_out - 1
        assert {task.owner for task in tasks} == {farmer}
        assert not tasks.filter(customer=hero).exists()
        work = Client()
        work.force_login(farmer)
        assert work.get(reverse("worklist")).status_code == 200

        # 7. The fulfilled order is asked about; a low score becomes work too.
        ask_for_scores()
        send_due()
        invitation = Invitation.objects.get(customer=hero)
        assert len(inbox.to(address)) == 2
        record_response(
            invitation_id=invitation.pk,
            score=3,
            comment="Долго везли",
            at=TODAY + timedelta(days=12, hours=1),
        )
        assert Task.objects.get(kind=TaskKind.RECOVER).customer == hero

        # 8. The manager sees it all.
        seen = Client()
        seen.force_login(manager)
        effect = flow_effect(flow, date(2026, 6, 13))
        assert (effect.treated.ordered, effect.holdout.ordered) == (1, 0)
        assert (effect.treated.entered, effect.holdout.entered) == (LAPSED - held_out, held_out)
        assert seen.get(reverse("flow_page", args=[flow.code])).status_code == 200
        worth = Standing.objects.aggregate(sum=Sum("predicted_12"))["sum"]
        assert BaseSnapshot.objects.latest().predicted_12 == worth > 0
        assert money_text(worth) in seen.get(reverse("overview")).content.decode()
        score = total_score(manager, date(2026, 6, 13))
        assert (score.detractors, score.answers) == (1, 1)
        assert seen.get(reverse("nps_results")).status_code == 200
        assert seen.get(reverse("ltv")).status_code == 200
