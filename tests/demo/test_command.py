"""`manage.py demo`."""

import hashlib
import io
import json
import stat
from datetime import date

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from core.models import ApiToken, User
from core.roles import Role
from customers.models import Customer, Order, OrderLine
from demo.actions.accounts import create_accounts, known_log_ins, log_ins_file
from demo.actions.base import fill_base
from demo.actions.story import tell
from segmentation.models import Standing

AS_OF = date(2026, 11, 1)
# Of each table, what does not come from a sequence of ids.
TOLD = {
    "customers_customer": "id, kind, name, owner_id, city, time_zone, channel_code, created_at",
    "customers_contactpoint": "id, customer_id, channel, value, status",
    "customers_consent": "customer_id, channel, action, at, text_version",
    "customers_order": "id, customer_id, status, placed_at, fulfilled_at, revenue, known_cost, promo_code",
    "customers_orderline": "id, order_id, position, quantity, revenue, discount, cost, returned_amount",
    "customers_timelineevent": "customer_id, kind, at, key",
    "customers_accessentry": "by_id, kind, at, customer_id, ip",
    "acquisition_inquiry": "id, kind, at, customer_id, order_id, is_answered, contact_captured, phone, note, next_step",
    "acquisition_spend": "month, kind, amount",
    "campaigns_enrolment": "id, customer_id, is_holdout, state, entered_at, ended_at, order_id",
    "campaigns_delivery": "customer_id, channel, state, held_back, sent_at, address, subject",
    "loyalty_promocode": "customer_id, code, issued_at",
    "nps_response": "id, customer_id, score, comment, answered_at",
    "touches_task": "customer_id, kind, state, due_on, note",
}


@pytest.fixture(autouse=True)
def var_dir(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


def run(**options):
    out = io.StringIO()
    call_command("demo", stdout=out, **{"customers": 300, "as_of": AS_OF} | options)
    return out.getvalue()


def digest():
    found = hashlib.sha256()
    with connection.cursor() as cursor:
        for table, columns in TOLD.items():
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t)) FROM (SELECT {columns} FROM {table}) t")
            found.update(str(cursor.fetchone()[0]).encode())
    return found.hexdigest()


def digest_of(**story):
    """Fill the base, look at it, and take it back."""
    with transaction.atomic():
        told = tell(**{"customers": 100, "seed": 7, "as_of": AS_OF, "lean": False} | story)
        fill_base(story=told, lean=False, progress=lambda _orders: None)
        found = digest()
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_the_same_seed_and_day_give_the_same_base():
    create_accounts()
    first = digest_of()
    assert digest_of() == first
    assert digest_of(seed=8) != first
    assert digest_of(as_of=date(2026, 10, 31)) != first


@pytest.mark.django_db
def test_ids_go_on_after_those_of_the_demonstration():
    run(lean=True)
    last = Customer.objects.order_by("-pk").first().pk
    assert Customer.objects.create(name="New").pk == last + 1


@pytest.mark.django_db
def test_a_lean_base_is_orders_alone():
    run(lean=True)
    assert Order.objects.exists()
    assert not OrderLine.objects.exists()
    assert not Standing.objects.exists()


@pytest.mark.django_db
def test_the_constraints_are_back_after_loading():
    def constraints():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE conrelid = 'customers_order'::regclass "
                "UNION ALL SELECT indexname FROM pg_indexes WHERE tablename = 'customers_order' ORDER BY 1"
            )
            return cursor.fetchall()

    before = constraints()
    run(lean=True)
    assert constraints() == before


@pytest.mark.django_db
def test_a_second_time_nothing_is_added():
    run(lean=True)
    before = Order.objects.count()
    assert "already" in run(lean=True)
    assert json.loads(run(json=True))["filled"] is False
    assert Order.objects.count() == before


@pytest.mark.django_db
def test_somebody_s_own_base_is_left_alone():
    Customer.objects.create(name="Mine")
    assert "already" in run()
    assert Customer.objects.count() == 1


@pytest.mark.django_db
def test_the_log_ins_work_and_only_their_owner_reads_them():
    told = json.loads(run(accounts_only=True, json=True))
    assert not Customer.objects.exists()
    assert {account["role"] for account in told["accounts"]} == set(Role.values) - {Role.INTEGRATION}
    for account in told["accounts"]:
        assert authenticate(None, email=account["email"], password=account["password"]).role == account["role"]
    assert ApiToken.objects.get().digest == ApiToken.digest_of(told["token"])
    assert stat.S_IMODE(log_ins_file().stat().st_mode) == 0o600
    kept = json.loads(log_ins_file().read_text())
    assert (kept["accounts"], kept["token"]) == (told["accounts"], told["token"])


@pytest.mark.django_db
def test_the_integration_cannot_log_in():
    create_accounts()
    assert not User.objects.get(role=Role.INTEGRATION).has_usable_password()


@pytest.mark.django_db
def test_log_ins_of_another_base_are_made_anew(var_dir):
    create_accounts()
    ApiToken.objects.all().delete()
    assert known_log_ins() is None
    (var_dir / "demo.json").write_text("not json")
    assert known_log_ins() is None


@pytest.mark.django_db
@pytest.mark.parametrize("options", [{"customers": 0}, {"customers": 10**9}, {"as_of": date(2100, 1, 1)}])
def test_what_cannot_be_filled_is_refused(options):
    with pytest.raises(CommandError):
        run(**options)
    assert not Customer.objects.exists()
