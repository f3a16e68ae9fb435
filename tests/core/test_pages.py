"""The first page, log-in, language and theme, the menu, pages for errors."""

import pytest
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse

from core.models import User
from core.navigation import MENU, menu_for
from core.roles import Role
from tests.factories.core import PASSWORD, ManagerFactory, UserFactory

pytestmark = pytest.mark.django_db


with_broken_pages = override_settings(ROOT_URLCONF="tests.core.broken_urls")


def resolves(name: str) -> bool:
    try:
        return bool(reverse(name))
    except NoReverseMatch:
        return False


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.FARMER, "worklist"),
        (Role.HUNTER, "worklist"),
        (Role.MARKETER, "overview"),
        (Role.MANAGER, "overview"),
        (Role.ADMINISTRATOR, "overview"),
    ],
)
def test_each_role_starts_where_its_work_is(client: Client, role: str, page: str) -> None:
    client.force_login(UserFactory(role=role))
    assert client.get("/").url == reverse(page)


def test_one_logs_in_with_the_e_mail_and_out_by_post_only(client: Client) -> None:
    user = UserFactory()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_a_wrong_password_is_said_and_many_are_stopped(client: Client) -> None:
    user = UserFactory()
    wrong = {"login": user.email, "password": "wrong"}
    first = client.post(reverse("account_login"), wrong)
    assert 'role="alert"' in first.content.decode()
    for _ in range(12):
        last = client.post(reverse("account_login"), wrong)
    right = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    assert 'role="alert"' in right.content.decode() or last.status_code == 429


def test_nobody_signs_up(client: Client) -> None:
    data = {"email": "x@y.test", "password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_signup"), data)
    assert not User.objects.filter(email="x@y.test").exists()


@pytest.mark.parametrize(
    "name", ["account_login", "account_logout", "account_reset_password", "account_change_password", "mfa_index"]
)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_pages_of_the_account_open_in_both_languages(client: Client, name: str, language: str) -> None:
    if name not in ("account_login", "account_reset_password"):
        client.force_login(UserFactory(language=language))
    client.cookies["ferma_language"] = language
    html = client.get(reverse(name)).content.decode()
    assert f'<html lang="{language}"' in html
    assert "public-card" in html or "sidebar" in html


def test_language_and_theme_are_kept_with_the_account(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    response = client.post(reverse("set_preferences"), {"language": "en", "next": "/customers/"})
    client.post(reverse("set_preferences"), {"theme": "dark"})
    user.refresh_from_db()
    assert (user.language, user.theme, response.url) == ("en", "dark", "/customers/")
    html = client.get(reverse("customer_list")).content.decode()
    assert '<html lang="en" data-bs-theme="dark"' in html


def test_before_log_in_they_are_kept_in_the_browser(client: Client) -> None:
    client.post(reverse("set_preferences"), {"language": "en"})
    client.post(reverse("set_preferences"), {"theme": "light"})
    assert '<html lang="en" data-bs-theme="light"' in client.get(reverse("account_login")).content.decode()


@pytest.mark.parametrize("data", [{"language": "xx"}, {"theme": "pink"}, {}])
def test_unknown_preferences_change_nothing(client: Client, data: dict) -> None:
    user = UserFactory()
    client.force_login(user)
    assert client.post(reverse("set_preferences"), data).status_code == 302
    user.refresh_from_db()
    assert (user.language, user.theme) == ("ru", "auto")


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "javascript:alert(1)", ""])
def test_preferences_never_lead_to_another_site(client: Client, target: str) -> None:
    assert client.post(reverse("set_preferences"), {"next": target}).url == "/"


def test_preferences_do_not_change_by_a_link(client: Client) -> None:
    assert client.get(reverse("set_preferences"), {"language": "en"}).status_code == 405


def test_every_entry_of_the_menu_has_its_page() -> None:
    names = [entry.url_name for section in MENU for entry in section.entries]
    assert [name for name in names if not resolves(name)] == []


def test_a_farmer_does_not_see_the_managers_pages() -> None:
    labels = [str(link.url) for group in menu_for(UserFactory(), "/") for link in group.links]
    names = ("worklist", "customer_list", "promises", "inquiries", "potential", "audience_list", "duplicates")
    assert labels == [reverse(name) for name in names]


def test_the_present_page_is_marked_on_pages_below_it_too() -> None:
    groups = menu_for(ManagerFactory(), "/customers/5/")
    assert [str(link.url) for group in groups for link in group.links if link.is_current] == ["/customers/"]


@pytest.mark.parametrize(
    ("path", "marked"),
    [("/summary/", "/overview/"), ("/competitors/", "/leaving/"), ("/channels/attribution/", "/spend/")],
)
def test_pages_without_an_entry_mark_the_one_they_belong_to(path: str, marked: str) -> None:
    groups = menu_for(ManagerFactory(), path)
    assert [link.url for group in groups for link in group.links if link.is_current] == [marked]


@pytest.mark.parametrize("is_known", [True, False])
def test_a_missing_page_says_where_to_go(client: Client, is_known: bool) -> None:
    if is_known:
        client.force_login(UserFactory())
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert 'href="/"' in response.content.decode()


def test_a_forbidden_page_says_whom_to_ask(client: Client) -> None:
    client.force_login(UserFactory(language="en"))
    response = client.get(reverse("token_list"))
    assert response.status_code == 403
    assert "administrator" in response.content.decode()


@with_broken_pages
def test_a_refusal_nobody_caught_is_a_page_with_its_reason(client: Client) -> None:
    response = client.get("/refuse/")
    assert response.status_code == 409
    assert "The &lt;b&gt;code&lt;/b&gt; is taken." in response.content.decode()


@with_broken_pages
def test_a_breakdown_tells_the_reader_nothing_of_the_inside(client: Client) -> None:
    client.raise_request_exception = False
    response = client.get("/break/")
    assert response.status_code == 500
    assert "secret detail" not in response.content.decode()
    assert "<h1>" in response.content.decode()


def test_pages_have_a_strict_content_policy_and_nothing_inline(client: Client) -> None:
    client.force_login(ManagerFactory())
    response = client.get(reverse("customer_list"))
    html = response.content.decode()
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert ' style="' not in html
    assert "onclick" not in html
