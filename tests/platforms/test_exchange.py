"""The exchange with 1C by CommerceML 2: goods in, orders both ways."""

import base64
import io
import re
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.actions import record_orders
from customers.models import Customer, Order, Product
from customers.rules.records import CustomerData, LineData, OrderData
from platforms.actions import exchange
from platforms.models import Connection, InboundChunk, OfferedOrder
from platforms.rules.commerceml.xml import records
from tests.factories.platforms import SECRET, ConnectionFactory
from tests.platforms.sending import PAYLOADS

pytestmark = pytest.mark.django_db
FILES = ("1c_import.xml", "1c_offers.xml", "1c_orders.xml")
IMPORT, OFFERS, ORDERS = ((PAYLOADS / name).read_bytes() for name in FILES)


class OneC:
    """1C at the other side of the wire."""

    def __init__(self, connection: Connection) -> None:
        self.client = Client()
        self.url = reverse("inbound", args=[connection.code])

    def ask(self, kind: str, mode: str, body: bytes | None = None, **query: str) -> Any:
        query = {"type": kind, "mode": mode, **query}
        if body is None:
            return self.client.get(self.url, query)
        return self.client.post(f"{self.url}?{_query(query)}", data=body, content_type="application/octet-stream")

    def log_in(self, login: str = exchange.LOGIN, password: str = SECRET, kind: str = "catalog") -> Any:
        encoded = base64.b64encode(f"{login}:{password}".encode()).decode()
        headers = {"Authorization": f"Basic {encoded}"}
        response = self.client.get(self.url, {"type": kind, "mode": "checkauth"}, headers=headers)
        if response.status_code == 200:
            _success, name, value = response.content.decode().split("\n")
            self.client.cookies[name] = value
        return response

    def send(self, kind: str, name: str, body: bytes, pieces: int = 1) -> str:
        size = -(-len(body) // pieces)
        answers = [
            self.ask(kind, "file", body[start : start + size], filename=name) for start in range(0, len(body), size)
        ]
        return answers[-1].content.decode()


def _query(query: dict[str, str]) -> str:
    from urllib.parse import urlencode

    return urlencode(query)


@pytest.fixture
def connection() -> Connection:
    return ConnectionFactory(platform="commerceml", source="1c")


@pytest.fixture
def one_c(connection) -> OneC:
    one_c = OneC(connection)
    one_c.log_in()
    return one_c


def test_the_exchange_begins_with_the_password_and_a_session(connection):
    one_c = OneC(connection)

    answer = one_c.log_in().content.decode().split("\n")
    init = one_c.ask("catalog", "init").content.decode()

    assert answer[:2] == ["success", "ferma_1c"]
    assert init == f"zip=yes\nfile_limit={exchange.PIECE_LIMIT}"


@pytest.mark.parametrize(("login", "password"), [("ferma", "wrong"), ("wrong", SECRET), ("", ""), ("ferma", "")])
def test_a_wrong_password_is_refused_and_written_down(connection, login, password):
    response = OneC(connection).log_in(login, password)

    assert (response.status_code, response.content[:8]) == (401, b"failure\n")
    assert connection.messages.get().errors[0]["code"] == "wrong_password"


def test_without_a_session_nothing_is_done(connection):
    stranger = OneC(connection)
    stranger.client.cookies["ferma_1c"] = "made-up.ticket.here"

    for mode in ("init", "file", "import", "query", "success"):
        assert stranger.ask("sale", mode).status_code == 401


def test_a_new_password_ends_the_sessions(connection, one_c):
    connection.secret = "another"
    connection.save()

    assert one_c.ask("catalog", "init").status_code == 401


def test_a_session_of_one_base_opens_no_other(one_c):
    other = ConnectionFactory(platform="commerceml")
    one_c.url = reverse("inbound", args=[other.code])

    assert one_c.ask("catalog", "init").status_code == 401


def take_catalogue(one_c: OneC, pieces: int = 1) -> None:
    for name, body in (("import.xml", IMPORT), ("offers.xml", OFFERS)):
        assert one_c.send("catalog", name, body, pieces) == "success"
        assert one_c.ask("catalog", "import", filename=name).content == b"success"


def prices() -> dict[str, Any]:
    return {each.sku: (each.name, each.price, each.is_active) for each in Product.objects.all()}


CATALOGUE = {
    "SV-6": ("Сверло 6 мм", Decimal("80.00"), True),
    "bd72d90e-55bc-11d9-848a-00112f43529a": ("Шуруповёрт & кейс", Decimal("7990.00"), True),
    "OLD": ("Снятое с продажи", None, False),
}


@pytest.mark.parametrize("pieces", [1, 7])
def test_goods_come_with_prices_and_groups_in_any_number_of_pieces(one_c, pieces):
    take_catalogue(one_c, pieces)

    assert prices() == CATALOGUE
    assert Product.objects.get(sku="SV-6").category.name == "Свёрла"
    assert not InboundChunk.objects.exists(), "what is in the base is not kept twice"


def test_the_kind_of_price_is_chosen(connection, one_c):
    connection.settings["price_type"] = "retail"
    connection.save()

    take_catalogue(one_c)

    assert Product.objects.get(sku="SV-6").price == Decimal("120.50")


def test_goods_in_an_archive_and_in_windows_1251(one_c):
    spool = io.BytesIO()
    with zipfile.ZipFile(spool, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in (("import.xml", IMPORT), ("offers.xml", OFFERS)):
            archive.writestr(name, body.decode().replace("UTF-8", "windows-1251").encode("cp1251"))
        archive.writestr("import_files/photo.jpg", b"\xff\xd8")

    one_c.send("catalog", "v8_1.zip", spool.getvalue(), pieces=3)
    for name in ("import.xml", "offers.xml"):
        assert one_c.ask("catalog", "import", filename=name).content == b"success"

    assert prices() == CATALOGUE


def test_a_long_import_goes_on_where_it_stopped(one_c, monkeypatch):
    monkeypatch.setattr("platforms.actions.catalogue.PORTION", 1)
    monkeypatch.setattr("platforms.views.exchange.SECONDS", -1)
    one_c.send("catalog", "import.xml", IMPORT)

    answers = [one_c.ask("catalog", "import", filename="import.xml").content[:8] for _call in range(4)]

    assert answers == [b"progress"] * 3 + [b"success"]
    assert set(prices()) == set(CATALOGUE)


def test_pictures_are_accepted_and_not_kept(one_c):
    assert one_c.send("catalog", "import_files/bd/photo.jpg", b"\xff\xd8\xff") == "success"
    assert not InboundChunk.objects.exists()


@pytest.mark.parametrize("encoding", ["UTF-8", "windows-1251"])
@pytest.mark.parametrize("pieces", [1, 5])
def test_orders_of_1c_come_in_with_sums_discounts_and_contacts(connection, one_c, encoding, pieces):
    take_catalogue(one_c)
    body = ORDERS.decode().replace("UTF-8", encoding).encode("cp1251" if encoding != "UTF-8" else "utf-8")

    assert one_c.send("sale", "orders.xml", body, pieces) == "success"

    order = Order.objects.get(source="1c", external_id="d0f1-order-1")
    assert (order.revenue, order.discount, order.status) == (Decimal("8632.00"), Decimal("42.00"), "fulfilled")
    assert order.placed_at.isoformat() == "2024-08-02T08:20:00+00:00"
    lines = [(line.product and line.product.sku, line.quantity, line.revenue) for line in order.lines.all()]
    assert lines == [("SV-6", 4, 442), ("bd72d90e-55bc-11d9-848a-00112f43529a", 1, 7990), (None, 0, 200)]
    customer = order.customer
    assert (customer.kind, customer.name, customer.city) == ("company", 'ООО "Мастерская"', "Пермь")
    values = set(customer.contact_points.values_list("value", flat=True))
    assert values == {"+73422001122", "zakaz@masterskaya.example.com"}
    message = connection.messages.get(topic="sale/orders.xml")
    assert (message.state, message.notes) == ("processed", [{"code": "document_left_out", "value": "Отпуск товара"}])
    assert one_c.ask("sale", "import", filename="orders.xml").content == b"success"
    assert connection.messages.filter(topic="sale/orders.xml").count() == 1


def test_an_order_file_is_taken_again_when_1c_sends_it_anew(one_c):
    one_c.send("sale", "orders.xml", ORDERS)
    changed = ORDERS.replace("[F] Доставлен".encode(), "[C] Отменен".encode())

    one_c.send("sale", "orders.xml", changed)

    assert Order.objects.get().status == "cancelled"


def push(source: str = "shop", status: str = "new", total: int = 1200) -> Order:
    customer = CustomerData(source=source, external_id="c1", name="Ада <Л>")
    line = LineData(quantity=Decimal(2), amount=Decimal(total), sku="SV-6", name="Сверло & Ко", discount=Decimal(100))
    now = timezone.now()
    order = OrderData(source, "o-1", now, customer, "RUB", status=status, number="N-1", lines=(line,), updated_at=now)
    result = record_orders(orders=[order], now=now)[0]
    return Order.objects.get(pk=result.order_id)


def offered(one_c: OneC) -> list[Any]:
    response = one_c.ask("sale", "query")
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    return list(records([response.content], frozenset({"Документ"})))


def test_1c_is_offered_new_and_changed_orders_until_it_confirms(one_c):
    take_catalogue(one_c)
    order = push()

    [document] = offered(one_c)
    assert document.get("Ид") == f"ferma-{order.pk}"
    assert (document.get("Номер"), document.get("Сумма")) == ("N-1", "1200.00")
    assert document.get("Контрагенты", "Контрагент", "Наименование") == "Ада <Л>"
    assert document.get("Товары", "Товар", "Ид") == "bd72d90d-55bc-11d9-848a-00112f43529a"
    assert document.get("Товары", "Товар", "Скидки", "Скидка", "Сумма") == "100.00"
    assert len(offered(one_c)) == 1, "not confirmed yet"
    assert one_c.ask("sale", "success").content == b"success"
    assert offered(one_c) == []

    push(status="confirmed")
    assert len(offered(one_c)) == 1


def test_a_change_in_1c_of_our_order_changes_our_order(connection, one_c):
    order = push()
    [document] = offered(one_c)
    body = one_c.ask("sale", "query").content
    one_c.ask("sale", "success")

    body = re.sub("<Значение>Новый</Значение>", "<Значение>Отгружен</Значение>", body.decode()).encode()
    assert one_c.send("sale", "documents.xml", body) == "success"

    assert document.get("Ид") == f"ferma-{order.pk}"
    changed = Order.objects.get()
    assert (changed.pk, changed.source, changed.status) == (order.pk, "shop", "fulfilled")
    assert (changed.revenue, changed.discount, changed.customer_id) == (1200, 100, order.customer_id)
    assert Customer.objects.count() == 1


def test_orders_of_1c_itself_and_dead_ones_that_it_never_had_are_not_offered(one_c):
    one_c.send("sale", "orders.xml", ORDERS)
    push(status="cancelled")

    assert offered(one_c) == []
    assert not OfferedOrder.objects.exists()


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;">]>
<lolz>&lol2;</lolz>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>"""


def wrapped(inner: str) -> bytes:
    return f"<КоммерческаяИнформация>{inner}</КоммерческаяИнформация>".encode()


HOSTILE = {
    "billion laughs": LAUGHS + wrapped(""),
    "an outside entity": OUTSIDE + wrapped(""),
    "another root": b"<html><body/></html>" + wrapped(""),
    "broken": b"<a><b></a>" + wrapped(""),
    "deep": wrapped("<Документ>" + "<a>" * 500 + "</a>" * 500 + "</Документ>"),
    "a giant record": wrapped("<Документ>" + "<a/>" * 100_001 + "</Документ>"),
    "a giant text": wrapped("<Документ><Ид>" + "x" * 2_000_001 + "</Ид></Документ>"),
    "an unknown encoding": b'<?xml version="1.0" encoding="klingon"?>' + wrapped(""),
    "two encodings": b'<?xml version="1.0" encoding="UTF-8"?>' + "\u0424".encode("cp1251") + wrapped(""),
    "no id": wrapped("<Документ><ХозОперация>Заказ товара</ХозОперация></Документ>"),
    "words for money": wrapped("<Документ><Ид>1</Ид><Сумма>много</Сумма></Документ>"),
    "words for a date": wrapped("<Документ><Ид>1</Ид><Сумма>1</Сумма><Дата>вчера</Дата></Документ>"),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_orders_are_refused_in_words(connection, one_c, body):
    response = one_c.ask("sale", "file", body, filename="orders.xml")

    assert (response.status_code, response.content[:8]) == (400, b"failure\n"), response.content
    assert len(response.content.decode()) > 20
    assert connection.messages.get().state == "refused"
    assert not Order.objects.exists()


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_catalogues_do_no_harm(one_c, body):
    one_c.send("catalog", "import.xml", body.replace("Документ".encode(), "Товар".encode()))

    response = one_c.ask("catalog", "import", filename="import.xml")

    assert response.status_code in (200, 400)


@pytest.mark.parametrize(
    ("mode", "query", "status"),
    [
        ("import", {"filename": "nothing.xml"}, 400),
        ("import", {"filename": "../../etc/passwd"}, 400),
        ("unknown", {}, 400),
        ("", {}, 400),
    ],
)
def test_steps_that_make_no_sense_are_refused_in_words(one_c, mode, query, status):
    response = one_c.ask("catalog", mode, **query)

    assert (response.status_code, response.content[:8]) == (status, b"failure\n")


def test_an_archive_that_is_none_or_unpacks_to_too_much(one_c, monkeypatch):
    monkeypatch.setattr("platforms.queries.exchange.MAX_UNPACKED", 1000)
    spool = io.BytesIO()
    with zipfile.ZipFile(spool, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("import.xml", wrapped("<!-- " + "x" * 100_000 + " -->"))

    one_c.send("catalog", "bomb.zip", spool.getvalue())
    bomb = one_c.ask("catalog", "import", filename="import.xml")
    one_c.send("catalog", "none.zip", b"PK\x03\x04 not a zip")
    none = one_c.ask("catalog", "import", filename="other.xml")

    assert (bomb.status_code, none.status_code) == (400, 400)


def of_other_method(data: bytes) -> bytes:
    """Both headers of the only member name a compression that nobody knows."""
    central = data.index(b"PK\x01\x02")
    return data[:8] + b"\x63\x00" + data[10 : central + 10] + b"\x63\x00" + data[central + 12 :]


def encrypted(data: bytes) -> bytes:
    central = data.index(b"PK\x01\x02")
    return data[:6] + b"\x01\x00" + data[8 : central + 8] + b"\x01\x00" + data[central + 10 :]


def of_broken_data(data: bytes) -> bytes:
    """The packed bytes begin with a block of a kind that there is not."""
    begins = 30 + len("import.xml")
    return data[:begins] + b"\xff" * 8 + data[begins + 8 :]


def cut_short(data: bytes) -> bytes:
    return data[:-30]


@pytest.mark.parametrize("damage", [of_other_method, encrypted, of_broken_data, cut_short])
def test_an_archive_that_cannot_be_unpacked_is_refused_in_words(one_c, damage):
    spool = io.BytesIO()
    with zipfile.ZipFile(spool, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("import.xml", IMPORT)

    one_c.send("catalog", "goods.zip", damage(spool.getvalue()))
    answer = one_c.ask("catalog", "import", filename="import.xml")

    assert (answer.status_code, answer.content[:8]) == (400, b"failure\n")


def test_a_piece_over_the_limit_is_refused(one_c):
    response = one_c.ask("catalog", "file", b"x" * (exchange.PIECE_LIMIT + 1), filename="import.xml")

    assert response.status_code == 413
