"""What the log does not say."""

import pytest

from crm.logs import without_permissions


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("GET /why/15-739577-w-3f9a/?reason=1", "GET /why/***/?reason=1"),
        ("POST /n/12-abc/", "POST /n/***/"),
        ("GET /u/12-abc/", "GET /u/***/"),
        ("POST /in/uis-16fe.YM8CJjF-Bq/events/summary", "POST /in/uis-16fe.***/events/summary"),
        ("POST /in/mango-16fe/", "POST /in/mango-16fe/"),
        ("GET /accounts/password/reset/key/1-abc-def/", "GET /accounts/password/reset/key/***/"),
        ("GET /customers/15/?q=a", "GET /customers/15/?q=a"),
    ],
)
def test_an_address_that_is_a_permission_is_not_in_the_log(said, kept):
    assert without_permissions(None, "", {"request": said, "code": 200}) == {"request": kept, "code": 200}
    assert without_permissions(None, "", {"event": f'"{said} HTTP/1.1" 200'})["event"] == f'"{kept} HTTP/1.1" 200'
