"""The SMS.ru gateway: its answers, and its silences."""

import json
import threading
import time
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
import responses

from campaigns.gateways.interface import Refused, Unavailable, Unclear
from campaigns.gateways.sms_ru import SmsRu, client

URL = "https://sms.example"
NUMBER = "79120000001"


def answer(**message):
    return {"status": "OK", "status_code": 100, "sms": {NUMBER: {"status": "OK", "status_code": 100, **message}}}


def gateway(url=URL):
    return SmsRu(api_id="secret-key", url=url)


@responses.activate
def test_an_accepted_message_has_an_id_and_a_price():
    responses.post(f"{URL}/sms/send", json=answer(sms_id="000000-1"))
    responses.post(f"{URL}/sms/cost", json=answer(cost=4.2))
    receipt = gateway().send(f"+{NUMBER}", "Привет")
    sent = parse_qs(responses.calls[0].request.body)
    assert (receipt.provider_id, receipt.cost) == ("000000-1", Decimal("4.2"))
    assert sent == {"api_id": ["secret-key"], "json": ["1"], "to": [NUMBER], "msg": ["Привет"]}


@responses.activate
def test_a_message_is_sent_even_if_nobody_tells_its_price():
    responses.post(f"{URL}/sms/send", json=answer(sms_id="000000-1"))
    responses.post(f"{URL}/sms/cost", status=500, body="oops")
    assert gateway().send(f"+{NUMBER}", "Привет").cost == 0


@responses.activate
@pytest.mark.parametrize(
    ("code", "error", "flag"),
    [
        (202, Refused, "address_fault"),
        (207, Refused, "address_fault"),
        (205, Refused, None),
        (230, Unavailable, None),
        (500, Unavailable, None),
        (201, Unavailable, "whole"),
        (220, Unavailable, "whole"),
    ],
)
def test_each_kind_of_refusal_is_told_apart(code, error, flag):
    responses.post(f"{URL}/sms/send", json=answer(status="ERROR", status_code=code, status_text="почему"))
    with pytest.raises(error, match=f"{code}: почему") as caught:
        gateway().send(f"+{NUMBER}", "Привет")
    flags = [name for name in ("address_fault", "whole") if getattr(caught.value, name, False)]
    assert flags == ([flag] if flag else [])


@responses.activate
def test_a_wrong_key_stops_everything_and_does_not_get_into_the_error():
    responses.post(f"{URL}/sms/send", json={"status": "ERROR", "status_code": 200, "status_text": "api_id"})
    with pytest.raises(Unavailable) as caught:
        gateway().send(f"+{NUMBER}", "Привет")
    assert caught.value.whole
    assert "secret-key" not in str(caught.value)


@responses.activate
@pytest.mark.parametrize("body", ["<html>502</html>", "[]", '{"status": "OK"}', '{"status_code": 100, "sms": {}}'])
def test_an_answer_that_cannot_be_read_leaves_the_message_unclear(body):
    responses.post(f"{URL}/sms/send", status=502, body=body)
    with pytest.raises(Unclear):
        gateway().send(f"+{NUMBER}", "Привет")


class Server(BaseHTTPRequestHandler):
    """A service that answers, keeps silent, or hangs up in the middle."""

    behaviour = "answer"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.behaviour == "silence":
            time.sleep(1)
            return
        if self.behaviour == "hang up":
            self.connection.close()
            return
        body = json.dumps(answer(sms_id="1", cost="3.10")).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Be quiet."""


@pytest.fixture
def service():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_real_server_is_spoken_to_over_the_network(service):
    assert gateway(service).send(f"+{NUMBER}", "Привет").cost == Decimal("3.10")


@pytest.mark.parametrize("behaviour", ["silence", "hang up"])
def test_no_answer_after_the_request_went_out_is_unclear(service, behaviour, monkeypatch):
    monkeypatch.setattr(Server, "behaviour", behaviour)
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.2)
    with pytest.raises(Unclear):
        gateway(service).send(f"+{NUMBER}", "Привет")


def test_nobody_listening_is_certainly_not_sent():
    with pytest.raises(Unavailable) as caught:
        gateway("http://127.0.0.1:9").send(f"+{NUMBER}", "Привет")
    assert caught.value.whole
