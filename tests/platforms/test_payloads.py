"""What each platform sends becomes the order and the customer that it means."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from customers.models import Consent, Customer, Order, Product
from platforms.models import Connection
from platforms.tasks import tick
from tests.factories.platforms import SECRET, ConnectionFactory
from tests.platforms.sending import form, message_of, payload, post, shopify, woo

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


def contacts(customer: Customer) -> set[str]:
    return set(customer.contact_points.values_list("value", flat=True))


def sums(order: Order) -> tuple[Decimal, Decimal, Decimal]:
    return order.revenue, order.discount, order.returned


def test_an_order_of_woocommerce_with_coupon_shipping_and_refund():
    shop = ConnectionFactory()

    response = woo(shop, payload("woocommerce_order.json"))

    assert (response.status_code, response.json()["state"]) == (200, "processed"), response.json()
    order = Order.objects.get(source=shop.source, external_id="5120")
    assert sums(order) == (Decimal("2100.00"), Decimal("250.00"), Decimal("450.00"))
    assert (order.status, order.number, order.promo_code, order.channel_code) == (
        "fulfilled",
        "5120",
        "spring10",
        "yandex",
    )
    assert order.placed_at == datetime(2024, 3, 5, 11, 10, tzinfo=UTC)
    assert order.fulfilled_at == datetime(2024, 3, 7, 7, 0, 5, tzinfo=UTC)
    lines = [(line.name, line.product and line.product.sku, line.quantity, line.revenue) for line in order.lines.all()]
    assert lines == [
        ("Чай «Утро»", "TEA-1", 2, 1800),
        ("Кружка", f"{shop.source}-71", 1, 450),
        ("Курьер", None, 0, 300),
    ]
    assert (order.customer.name, order.customer.city) == ("Мария Ковалёва", "Тверь")
    assert contacts(order.customer) == {"+79123456789", "maria.kovaleva@example.com"}
    assert message_of(response).order_ids == [order.pk]


def test_a_customer_of_woocommerce_is_the_buyer_of_the_order():
    shop = ConnectionFactory()
    woo(shop, payload("woocommerce_order.json"))

    woo(shop, payload("woocommerce_customer.json"), topic="customer.updated", delivery="d2")

    assert Customer.objects.get().name == "Мария Ковалёва-Орлова"


def test_an_order_of_shopify_with_taxes_discounts_and_a_partial_refund():
    shop = ConnectionFactory(platform="shopify")

    response = shopify(shop, payload("shopify_order.json"))

    assert response.status_code == 200, response.json()
    order = Order.objects.get(external_id="820982911946154500")
    assert sums(order) == (Decimal("2420.00"), Decimal("100.00"), Decimal("550.00"))
    assert (order.status, order.number, order.promo_code, order.channel_code) == (
        "fulfilled",
        "#1042",
        "LIGHT100",
        "vk",
    )
    bulb = order.lines.get(product__sku="BULB")
    assert (bulb.revenue, bulb.returned_quantity, bulb.returned_amount) == (550, 1, 550)
    assert order.lines.get(product__sku="LAMP-B").revenue == 2090
    assert order.lines.get(product=None).revenue == 330
    assert order.customer.language == "ru"
    assert contacts(order.customer) == {"+79031112233", "pavel@example.com"}
    consent = Consent.objects.get()
    assert (consent.channel, consent.action) == ("email", "granted")


def test_a_test_order_of_shopify_is_left_out():
    shop = ConnectionFactory(platform="shopify")

    response = shopify(shop, payload("shopify_order.json") | {"test": True})

    assert response.json()["state"] == "ignored"
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"cancelled_at": "2024-04-03T12:00:00+03:00"}, "cancelled"),
        ({"financial_status": "refunded"}, "returned"),
        ({"financial_status": "voided"}, "cancelled"),
        ({"fulfillment_status": None, "financial_status": "paid"}, "confirmed"),
        ({"fulfillment_status": None, "financial_status": "pending"}, "new"),
    ],
)
def test_the_three_fields_of_shopify_make_one_status(change, status):
    shop = ConnectionFactory(platform="shopify")

    shopify(shop, payload("shopify_order.json") | change)

    assert Order.objects.get().status == status


def test_an_order_of_insales_with_line_and_order_discounts():
    shop = ConnectionFactory(platform="insales")

    response = post(shop, json.dumps(payload("insales_order.json")).encode(), secret=SECRET)

    assert response.status_code == 200, response.json()
    order = Order.objects.get(external_id="91234567")
    assert sums(order) == (Decimal("3750.00"), Decimal("400.00"), Decimal("0.00"))
    assert (order.status, order.number) == ("fulfilled", "1057")
    assert sum(line.revenue for line in order.lines.all()) == 3750
    assert order.customer.name == "Скалов Олег Петрович"
    assert contacts(order.customer) == {"+79161234567", "climber@example.com"}


def test_a_company_of_insales():
    shop = ConnectionFactory(platform="insales")

    post(shop, json.dumps(payload("insales_client.json")).encode(), secret=SECRET)

    customer = Customer.objects.get()
    assert (customer.kind, customer.name) == ("company", "ООО «Вершина»")
    assert contacts(customer) == {"+74951234567", "buyer@firma.example.com"}


def test_an_order_that_insales_removed_is_cancelled():
    shop = ConnectionFactory(platform="insales")
    data = payload("insales_order.json")
    post(shop, json.dumps(data).encode(), secret=SECRET)

    gone = json.dumps(data | {"updated_at": "2024-05-14T10:00:00+03:00"}).encode()
    response = post(shop, gone, secret=SECRET, topic="orders/destroy")

    assert response.json()["state"] == "processed", response.json()
    assert Order.objects.get().status == "cancelled"


def test_a_whole_order_of_retailcrm_with_prices_and_costs():
    crm = ConnectionFactory(platform="retailcrm")

    response = post(crm, json.dumps(payload("retailcrm_order.json")).encode(), secret=SECRET)

    assert response.status_code == 200, response.json()
    order = Order.objects.get(external_id="731")
    assert sums(order) == (Decimal("6250.00"), Decimal("150.00"), Decimal("0.00"))
    assert (order.status, order.number, order.channel_code) == ("fulfilled", "731C", "yandex")
    engine = order.lines.get(product__sku="EST-1614")
    assert (engine.revenue, engine.cost) == (1950, 546)
    assert order.known_cost == 546
    assert order.customer.city == "Волгоград"
    assert contacts(order.customer) == {"+79761115858", "+79761110000", "vera@example.com"}


class Answers(BaseHTTPRequestHandler):
    """A platform's API: answers by path; remembers how it was asked."""

    known: dict[str, object] = {}
    asked: list[tuple[str, dict[str, str]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, dict(self.headers)))
        found = self.known.get(urlsplit(self.path).path)
        body = json.dumps(found).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def api(settings) -> Iterator[str]:
    settings.OUTGOING_TRUSTED_HOSTS = ["127.0.0.1"]
    Answers.known, Answers.asked = {}, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_retailcrm_is_asked_for_an_order_that_its_trigger_names(api):
    Answers.known["/api/v5/orders/731"] = payload("retailcrm_order.json")
    crm = ConnectionFactory(platform="retailcrm", api_url=api, api_token="key-1")

    response = post(crm, b"order_id=731", secret=SECRET, content_type=FORM)

    assert (response.status_code, response.json()["state"]) == (202, "received")
    tick()
    assert Order.objects.get().revenue == Decimal("6250.00")
    [(path, headers)] = Answers.asked
    assert (path, headers["X-API-KEY"]) == ("/api/v5/orders/731?by=id", "key-1")


def test_a_trigger_without_the_api_fails_in_words_and_waits():
    crm = ConnectionFactory(platform="retailcrm")

    response = post(crm, b"order_id=731", secret=SECRET, content_type=FORM)

    assert (response.status_code, response.json()["state"]) == (202, "failed")
    assert message_of(response).due_at is not None
    assert message_of(response).errors[0]["code"] == "no_api"


def test_a_won_deal_of_amocrm_belongs_to_the_contact_that_is_asked_for(api):
    contact = {
        "id": 43684612,
        "name": "Семён Громов",
        "custom_fields_values": [{"field_code": "PHONE", "values": [{"value": "8 (921) 555-44-33"}]}],
    }
    deal = {
        "id": 25399013,
        "price": 22500,
        "status_id": 142,
        "pipeline_id": 9217056,
        "created_at": 1717329600,
        "updated_at": 1717502400,
        "closed_at": 1717502400,
        "_embedded": {"contacts": [{"id": 43684612, "is_main": True}]},
    }
    Answers.known |= {"/api/v4/leads/25399013": deal, "/api/v4/contacts/43684612": contact}
    crm = ConnectionFactory(platform="amocrm", api_url=api, api_token="t")

    post(crm, form("amocrm_deal.txt"), secret=SECRET, content_type=FORM)
    tick()

    order = Order.objects.get(external_id="25399013")
    assert (order.revenue, order.status) == (Decimal("22500.00"), "fulfilled")
    assert order.placed_at == datetime(2024, 6, 2, 12, 0, tzinfo=UTC)
    assert (order.customer.name, contacts(order.customer)) == ("Семён Громов", {"+79215554433"})
    assert Answers.asked[0][1]["Authorization"] == "Bearer t"


def test_a_contact_of_amocrm_comes_with_its_phone_and_mail():
    crm = ConnectionFactory(platform="amocrm")

    response = post(crm, form("amocrm_contact.txt"), secret=SECRET, content_type=FORM)

    assert response.json()["state"] == "processed", response.json()
    assert contacts(Customer.objects.get()) == {"+79215554433", "gromov@example.com"}


def test_a_deal_of_amocrm_at_another_stage_is_no_order_yet():
    crm = ConnectionFactory(platform="amocrm")

    body = form("amocrm_deal.txt").replace(b"%5Bstatus_id%5D=142", b"%5Bstatus_id%5D=7039101")
    response = post(crm, body, secret=SECRET, content_type=FORM)

    assert response.json()["state"] == "ignored"
    assert not Order.objects.exists()


def test_a_lost_deal_that_never_was_an_order_leaves_nothing():
    crm = ConnectionFactory(platform="amocrm")

    body = form("amocrm_deal.txt").replace(b"%5Bstatus_id%5D=142", b"%5Bstatus_id%5D=143")
    body += b"&leads%5Bstatus%5D%5B0%5D%5Bmain_contact%5D%5Bid%5D=5"
    response = post(crm, body, secret=SECRET, content_type=FORM)

    assert response.json()["state"] == "ignored", response.json()
    assert not Customer.objects.exists()


def test_a_won_deal_of_bitrix24_is_asked_for_with_its_goods_and_contact(api):
    for name, answer in payload("bitrix24_api.json").items():
        Answers.known[f"/rest/1/abc/{name}.json"] = answer
    crm = ConnectionFactory(platform="bitrix24", api_url=f"{api}/rest/1/abc/")

    body = form("bitrix24_event.txt", TS=str(int(timezone.now().timestamp())))
    response = post(crm, body, content_type=FORM)
    assert response.status_code == 202, response.json()
    tick()

    order = Order.objects.get(external_id="759")
    assert sums(order) == (Decimal("15000.00"), Decimal("1000.00"), Decimal("0.00"))
    assert (order.status, order.channel_code, order.lines.count()) == ("fulfilled", "google", 2)
    assert (order.customer.name, contacts(order.customer)) == ("Токарев Глеб", {"+73432223344", "tokarev@example.com"})
    assert Product.objects.filter(sku=f"{crm.source}-900").exists()


def test_an_api_that_answers_badly_is_tried_again(api):
    crm = ConnectionFactory(platform="retailcrm", api_url=api, api_token="key")
    message = message_of(post(crm, b"order_id=731", secret=SECRET, content_type=FORM))

    tick()

    message.refresh_from_db()
    assert (message.state, message.attempts, message.errors[0]["code"]) == ("failed", 1, "api_refused")
    assert message.due_at > timezone.now()


def test_an_api_inside_the_network_is_not_asked():
    crm = ConnectionFactory(platform="retailcrm", api_url="https://127.0.0.1:1", api_token="key")
    message = message_of(post(crm, b"order_id=731", secret=SECRET, content_type=FORM))

    tick()

    message.refresh_from_db()
    assert message.errors[0]["code"] == "api_silent"
    assert "network" in message.errors[0]["params"]["reason"] or message.errors[0]["params"]["reason"]


def test_an_order_in_another_currency_needs_the_rate_of_the_connection():
    shop: Connection = ConnectionFactory()
    data = payload("woocommerce_order.json") | {"currency": "USD"}

    refused = woo(shop, data)
    shop.settings["rates"] = {"USD": "90.5"}
    shop.save()
    taken = woo(shop, data, delivery="d2")

    assert (refused.status_code, refused.json()["state"]) == (202, "failed")
    assert message_of(refused).errors[0]["code"] == "rate_required"
    assert taken.json()["state"] == "processed"
    order = Order.objects.get()
    assert (order.currency, order.rate, order.revenue) == ("USD", Decimal("90.5"), Decimal("190050.00"))


def test_a_phone_that_is_none_does_not_lose_the_order():
    shop = ConnectionFactory()
    data = payload("woocommerce_order.json")
    data["billing"]["phone"] = "спросите у мамы"

    response = woo(shop, data)

    assert response.json()["state"] == "processed"
    assert message_of(response).notes == [{"code": "contact_left_out", "value": "спросите у мамы"}]
    assert contacts(Order.objects.get().customer) == {"maria.kovaleva@example.com"}
