"""Requests to addresses that people typed in."""

import socket

import pytest

from core import outgoing
from tests.factories.receiver import receiving, unused_port

PUBLIC = "93.184.216.34"


@pytest.fixture
def receiver():
    with receiving() as running:
        yield running


@pytest.fixture
def trusted(settings):
    settings.OUTGOING_TRUSTED_HOSTS = ["127.0.0.1"]


def resolving_to(monkeypatch, *addresses):
    """The name of every host resolves to these; returns the list of lookups."""
    asked = []

    def look_up(host, port, **_how):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0",
        "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::10.0.0.1", "2002:7f00:1::", "2001:db8::1", "2001::1",
    ],
)  # fmt: skip
def test_an_address_inside_the_network_is_not_public(address):
    assert not outgoing.is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_an_address_of_the_internet_is_public(address):
    assert outgoing.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "https://", "", "example.com", "https://u:p@example.com/",
        "https://example.com:99999/", "https://example.com/a b", "https://exa\nmple.com/", "https://[::1", "https://пример.рф/ж",
        "https://" + "a" * 3000, "https://" + "a" * 70 + ".com/", "gopher://example.com/", "https://.example/",
    ],
)  # fmt: skip
def test_what_is_no_https_address_is_refused_before_any_lookup(url, monkeypatch):
    asked = resolving_to(monkeypatch, PUBLIC)
    with pytest.raises(outgoing.Refused):
        outgoing.request("POST", url)
    assert asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0"])
def test_however_the_inside_is_written_it_is_refused(host):
    with pytest.raises(outgoing.Refused):
        outgoing.request("GET", f"https://{host}/")


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch):
    resolving_to(monkeypatch, PUBLIC, "10.0.0.1")
    with pytest.raises(outgoing.Refused):
        outgoing.resolve("https://example.com/")


def test_a_name_is_looked_up_once_and_the_checked_address_is_dialled(monkeypatch):
    asked = resolving_to(monkeypatch, PUBLIC)
    dialled = []

    def dial(address, *_how):
        dialled.append(address)
        resolving_to(monkeypatch, "127.0.0.1")
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", dial)
    with pytest.raises(outgoing.Unanswered):
        outgoing.request("POST", "https://rebinding.example/", body=b"x")
    assert asked == ["rebinding.example"]
    assert dialled == [(PUBLIC, 443)]


def test_a_trusted_host_is_called_and_answers(trusted, receiver):
    receiver.answer(201, b"made", X_Mark="1")
    answer = outgoing.request("POST", f"{receiver.url}?a=1", headers={"X-Own": "2"}, body=b"body")
    assert (answer.status, answer.body, answer.headers["x-mark"], answer.is_cut) == (201, b"made", "1", False)
    path, headers, body = receiver.requests[0]
    assert (path, headers["x-own"], body) == ("/hook?a=1", "2", b"body")
    assert headers["host"] == receiver.url.split("/")[2]


def test_a_caller_may_allow_the_inside_for_one_request(receiver):
    assert outgoing.request("GET", receiver.url, allow_private=True).status == 200


def test_a_redirect_is_an_answer_and_is_not_followed(trusted, receiver):
    receiver.answer(302, Location="http://169.254.169.254/latest/meta-data/")
    assert outgoing.request("GET", receiver.url).status == 302
    assert len(receiver.requests) == 1


def test_a_huge_answer_is_cut(trusted, receiver):
    receiver.answer(200, b"x" * 3_000_000)
    answer = outgoing.request("GET", receiver.url, limit=1000)
    assert (len(answer.body), answer.is_cut) == (1000, True)


@pytest.mark.parametrize("drips", [True, False])
def test_an_answer_that_comes_too_slowly_is_hung_up_on(trusted, receiver, drips):
    receiver.drips, receiver.pause = drips, 0 if drips else 2
    receiver.answer(200, b"x" * 200)
    with pytest.raises(outgoing.Unanswered):
        outgoing.request("GET", receiver.url, timeout=0.3)


def test_nobody_listening_and_no_http_are_told_in_words(trusted):
    with pytest.raises(outgoing.Unanswered) as nobody:
        outgoing.request("GET", f"http://127.0.0.1:{unused_port()}/")
    assert "127.0.0.1" in str(nobody.value.message)


def test_a_server_that_does_not_speak_tls_is_no_answer(trusted, receiver):
    with pytest.raises(outgoing.Unanswered):
        outgoing.request("GET", receiver.url.replace("http:", "https:"), timeout=2)
