"""The two scripts on another site, in a real browser."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from acquisition.models import Inquiry
from customers.models import TimelineEvent
from tests.factories.customers import CustomerFactory
from tests.factories.webforms import FormFactory, SiteFactory
from webforms.links import visitor_token

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Shop:
    """A site of the company on a port of its own; `html` is what every page of it shows."""

    origin = ""
    html = ""


@pytest.fixture
def shop() -> Iterator[Shop]:
    running = Shop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            icon = '<link rel="icon" href="data:,">'
            self.wfile.write(f'<html lang="en"><head>{icon}<title>Shop</title></head>{running.html}'.encode())

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield running
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(shop):
    return SiteFactory(origins=[shop.origin])


def test_the_form_is_drawn_refuses_and_is_sent(page, shop, site, live_server):
    form = FormFactory(site=site, thanks_en="We call back", fields=["name", "phone"])
    shop.html = (
        f'<div data-ferma-form="{form.code}"></div><script async src="{live_server.url}/ferma-form.js"></script>'
    )
    page.goto(f"{shop.origin}/buy?utm_source=vk")
    # Nobody fills in a form within two seconds.
    page.wait_for_selector(".ferma-button")
    page.wait_for_timeout(2100)
    page.fill("[name=name]", "Anna")
    page.fill("[name=phone]", "12")
    page.check("[name=consent]")
    page.click(".ferma-button")
    page.wait_for_function("document.querySelector('[data-error=phone]').textContent !== ''")
    # The browser itself writes down an answer of 422.
    page.console_errors.clear()
    assert not Inquiry.objects.exists()
    page.wait_for_timeout(2100)
    page.fill("[name=phone]", "8 912 345-67-89")
    page.click(".ferma-button")
    page.wait_for_selector("text=We call back")
    inquiry = Inquiry.objects.get()
    assert (inquiry.phone, inquiry.is_spam, inquiry.channel_code) == ("+79123456789", False, "vk")
    assert inquiry.customer.consents.get().channel == "phone"


def test_the_pixel_keeps_and_sends_nothing_before_consent(page, shop, site, live_server):
    customer = CustomerFactory()
    shop.html = f'<script src="{live_server.url}/pixel.js" data-site="{site.key}"></script>'
    page.goto(f"{shop.origin}/chairs?fc={visitor_token(customer.pk)}&a=1")
    # The token leaves the address at once, so that it goes to nobody else.
    page.wait_for_function("location.search === '?a=1'")
    page.evaluate("ferma('product', {sku: 'A-1', name: 'Chair', price: 1990})")
    page.wait_for_timeout(1300)
    assert page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    assert not TimelineEvent.objects.exists()

    with page.expect_request("**/p/**"):
        page.evaluate("ferma('consent', true); ferma('product', {sku: 'A-1', name: 'Chair', price: 1990})")
    with page.expect_request("**/p/**"):
        page.goto(f"{shop.origin}/tables")
        page.evaluate("ferma('consent', true); ferma('search', {query: 'oak'})")
    page.evaluate("ferma('consent', false)")
    assert page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    page.goto("about:blank")
    page.wait_for_timeout(300)
    kinds = sorted(customer.timeline.values_list("kind", flat=True))
    assert kinds == ["page_viewed", "page_viewed", "product_viewed", "searched"]
