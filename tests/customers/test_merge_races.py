"""A merge beside somebody else's writing: it works or is refused in words, and nothing is left hanging."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import ForeignKey
from django.test import Client
from django.urls import reverse

from core.errors import Conflict, DomainError, overtaken
from customers.actions import mark_stale, record_orders
from customers.actions.merging import merge
from customers.models import Customer, ExternalRef, MergedCustomer, Order
from segmentation.actions import refresh_stale
from segmentation.models import Standing
from tests.customers import payloads
from tests.customers.test_concurrency import at_once
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import CustomerFactory, OrderFactory
from touches.actions import log_touch
from touches.models import Touch

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def pair():
    return CustomerFactory(name="Anna"), CustomerFactory(name="Anna P.")


def merging(keep, gone, by=None):
    return lambda: attempted(lambda: merge(keep_id=keep.pk, merge_id=gone.pk, chosen={}, by=by, at=AT))


def attempted(job):
    """The refusal, or what came of it."""
    try:
        return job()
    except DomainError as refusal:
        return refusal


def hanging():
    """Rows whose customer is gone."""
    found = []
    for model in apps.get_models():
        for each in model._meta.concrete_fields:
            if isinstance(each, ForeignKey) and each.related_model is Customer:
                rows = model._base_manager.filter(**{f"{each.name}__isnull": False})
                found += [
                    (model.__name__, row.pk) for row in rows.exclude(**{f"{each.attname}__in": Customer.objects.all()})
                ]
    return found


def test_an_order_that_comes_meanwhile_goes_to_the_card_that_stays(pair, read, now):
    keep, gone = pair
    ExternalRef.objects.create(customer=gone, source="shop", external_id="c1")
    told = [read(payloads.order(n, customer={"external_id": "c1"})) for n in range(6)]
    jobs = [lambda order=order: record_orders(orders=[order], now=now) for order in told]
    at_once([*jobs[:3], merging(keep, gone), *jobs[3:]])
    assert set(Order.objects.values_list("customer_id", flat=True)) == {keep.pk}
    assert Order.objects.count() == 6
    assert hanging() == []


def test_of_ten_merges_of_one_pair_one_is_done_and_nine_are_refused(pair):
    results = at_once([merging(*pair)] * 5 + [merging(*reversed(pair))] * 5)
    assert sorted(isinstance(result, Conflict) for result in results) == [False] + [True] * 9
    assert (Customer.objects.count(), MergedCustomer.objects.count()) == (1, 1)


def test_a_ring_of_merges_ends_in_one_card(pair):
    first, second = pair
    third = CustomerFactory()
    at_once([merging(first, second), merging(second, third), merging(third, first)])
    assert Customer.objects.count() >= 1
    assert hanging() == []


def test_a_touch_written_meanwhile_is_kept_or_refused_in_words(pair):
    keep, gone = pair
    by = UserFactory()

    def log():
        try:
            return log_touch(customer_id=gone.pk, channel="call", outcome="reached", at=AT, by=by)
        except (Customer.DoesNotExist, DomainError) as refusal:
            return refusal
        except IntegrityError as error:
            return overtaken(error)

    results = at_once([log, log, merging(keep, gone), log, log])
    written = [result for result in results if isinstance(result, Touch)]
    assert None not in results
    assert set(Touch.objects.values_list("customer_id", flat=True)) <= {keep.pk}
    assert Touch.objects.count() == len(written)
    assert hanging() == []


def test_a_page_whose_customer_went_before_its_commit_answers_in_words(pair):
    """The write waits for the merge at its commit, and finds the customer gone."""
    keep, gone = pair
    manager = ManagerFactory()
    written, merged = threading.Event(), threading.Event()

    def write():
        try:
            with transaction.atomic():
                OrderFactory(customer=gone)
                written.set()
                merged.wait(timeout=20)
        except Exception as error:
            return overtaken(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(write)
        written.wait(timeout=20)
        merge(keep_id=keep.pk, merge_id=gone.pk, chosen={}, by=manager, at=AT)
        merged.set()
        assert isinstance(late.result(timeout=20), Conflict)
    assert hanging() == []
    client = Client()
    client.force_login(manager)
    assert client.get(reverse("customer_card", args=[gone.pk])).status_code == 302


def test_statistics_computed_meanwhile_leave_no_row_of_the_card_that_went(pair):
    keep, gone = pair
    for card in pair:
        OrderFactory(customer=card)
    mark_stale(customer_ids=[keep.pk, gone.pk])
    at_once([lambda: refresh_stale(now=AT), merging(keep, gone), lambda: refresh_stale(now=AT)])
    refresh_stale(now=AT)
    assert list(Standing.objects.values_list("customer_id", flat=True)) == [keep.pk]
    assert hanging() == []


def test_a_merge_waits_for_whoever_records_and_gives_up_in_words(pair, monkeypatch):
    monkeypatch.setattr("customers.actions.locks.PATIENCE", "300ms")
    started, done = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_advisory_xact_lock_shared(%s)", [int.from_bytes(b"ferma-in", "big", signed=True)]
                )
                started.set()
                done.wait(timeout=20)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hold)
        started.wait(timeout=20)
        with pytest.raises(Conflict) as refused:
            merge(keep_id=pair[0].pk, merge_id=pair[1].pk, chosen={}, by=None, at=AT)
        done.set()
        held.result(timeout=20)
    assert refused.value.code == "busy"
    assert Customer.objects.count() == 2
