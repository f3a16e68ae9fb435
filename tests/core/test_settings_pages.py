"""People and tokens: for administrators only."""

import pytest
from django.test import Client
from django.urls import reverse

from core.models import ApiToken, User
from core.roles import Role
from tests.factories.core import IntegrationFactory, ManagerFactory, UserFactory

pytestmark = pytest.mark.django_db
TOKEN = {"name": "Shop", "scopes": ["orders:write", "orders:read"]}
PERSON = {"name": "Olga", "email": "Olga@Ferma.TEST", "role": "farmer"}


@pytest.fixture
def admin(client: Client) -> User:
    user = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(user)
    return user


@pytest.mark.parametrize("name", ["token_list", "people"])
@pytest.mark.parametrize("role", [Role.FARMER, Role.MARKETER, Role.MANAGER])
def test_others_may_not_open_the_settings(client: Client, name: str, role: str) -> None:
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(name)).status_code == 403
    assert client.post(reverse(name), TOKEN | PERSON).status_code == 403


def test_a_token_is_shown_once(client: Client, admin: User) -> None:
    made = client.post(reverse("token_list"), TOKEN)
    secret = made.context["secret"]
    token = ApiToken.objects.get()
    assert token.digest == ApiToken.digest_of(secret)
    assert (token.user.role, token.created_by) == (Role.INTEGRATION, admin)
    assert secret in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert secret not in client.get(reverse("token_list")).content.decode()


@pytest.mark.parametrize("wrong", [{"name": ""}, {"scopes": []}, {"scopes": ["root"]}])
def test_a_token_without_a_name_or_a_right_is_not_made(client: Client, admin: User, wrong: dict) -> None:
    assert client.post(reverse("token_list"), TOKEN | wrong).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_revoked_token_stops_working(client: Client, admin: User) -> None:
    secret = client.post(reverse("token_list"), TOKEN).context["secret"]
    token = ApiToken.objects.get()
    client.post(reverse("token_revoke", args=[token.pk]))
    token.refresh_from_db()
    assert token.revoked_at is not None
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/orders/", headers=headers).status_code == 401


def test_a_token_is_revoked_by_post_only(client: Client, admin: User) -> None:
    client.post(reverse("token_list"), TOKEN)
    assert client.get(reverse("token_revoke", args=[ApiToken.objects.get().pk])).status_code == 405


def test_a_new_person_logs_in_with_the_password_shown_once(client: Client, admin: User) -> None:
    made = client.post(reverse("people"), PERSON)
    password = made.context["password"]
    assert password in made.content.decode()
    stranger = Client()
    stranger.post(reverse("account_login"), {"login": "olga@ferma.test", "password": password})
    assert stranger.session["_auth_user_id"] == str(User.objects.get(email="olga@ferma.test").pk)


@pytest.mark.parametrize("wrong", [{"email": "x"}, {"role": "integration"}, {"role": "king"}, {"name": ""}])
def test_a_wrong_account_is_not_opened(client: Client, admin: User, wrong: dict) -> None:
    assert client.post(reverse("people"), PERSON | wrong).status_code == 422
    assert User.objects.count() == 1


def test_an_e_mail_has_one_account(client: Client, admin: User) -> None:
    client.post(reverse("people"), PERSON)
    response = client.post(reverse("people"), PERSON | {"email": "OLGA@ferma.test"})
    assert "email" in response.context["form"].errors


def test_a_closed_account_is_logged_out_at_once(client: Client, admin: User) -> None:
    person = ManagerFactory()
    theirs = Client()
    theirs.force_login(person)
    client.post(reverse("person_change", args=[person.pk]), {f"p{person.pk}-role": "manager"})
    assert theirs.get(reverse("customer_list")).status_code == 302


def test_nobody_changes_their_own_account(client: Client, admin: User) -> None:
    response = client.post(reverse("person_change", args=[admin.pk]), {f"p{admin.pk}-role": "farmer"})
    admin.refresh_from_db()
    assert (response.status_code, admin.role, admin.is_active) == (409, Role.ADMINISTRATOR, True)


def test_integrations_are_not_people(client: Client, admin: User) -> None:
    robot = IntegrationFactory()
    assert client.post(reverse("person_change", args=[robot.pk]), {}).status_code == 404


def test_a_former_administrator_keeps_no_back_door(client: Client, admin: User) -> None:
    former = UserFactory(role=Role.ADMINISTRATOR)
    theirs = Client()
    theirs.force_login(former)
    assert theirs.get(reverse("admin:index")).status_code == 200

    changed = {f"p{former.pk}-role": "farmer", f"p{former.pk}-is_active": "on"}
    client.post(reverse("person_change", args=[former.pk]), changed)

    assert theirs.get(reverse("admin:index")).status_code == 302
    assert theirs.get(reverse("people")).status_code == 403
    former.refresh_from_db()
    assert (former.is_staff, former.is_superuser, former.sees_whole_base) == (False, False, False)


def test_what_django_calls_a_superuser_is_an_administrator() -> None:
    made = User.objects.create_superuser("root@ferma.test", "root@ferma.test", "x")
    assert (made.role, made.is_superuser) == (Role.ADMINISTRATOR, True)
