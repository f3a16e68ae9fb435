"""Ten at once: threads with transactions of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from customers.actions import record_orders
from customers.models import ContactPoint, Customer, Order, OrderLine, Product, TimelineEvent
from tests.customers import payloads

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(jobs):
    """Run the jobs in threads that start together; their results in order."""
    barrier = Barrier(len(jobs))

    def run(job):
        try:
            barrier.wait(timeout=20)
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def recording(read, now, *orders):
    told = [read(order) for order in orders]
    return lambda: record_orders(orders=told, now=now)


def test_ten_copies_at_once_are_one_order_of_one_customer(read, now):
    results = at_once([recording(read, now, payloads.order(1))] * 10)
    fates = sorted(result.fate.value for rows in results for result in rows)
    assert fates == ["created"] + ["unchanged"] * 9
    assert [model.objects.count() for model in (Order, Customer, OrderLine, Product)] == [1, 1, 2, 2]
    assert TimelineEvent.objects.count() == 2


def test_ten_orders_of_one_unknown_phone_make_one_customer(read, now):
    jobs = [recording(read, now, payloads.order(i, customer={"phone": "8 912 345 67 89"})) for i in range(10)]
    at_once(jobs)
    assert (Order.objects.count(), Customer.objects.count(), ContactPoint.objects.count()) == (10, 1, 1)


def test_of_ten_versions_at_once_the_newest_stands(read, now):
    jobs = [recording(read, now, payloads.order(1, version=v, number=str(v))) for v in range(1, 11)]
    at_once(jobs)
    order = Order.objects.get()
    assert (order.version, order.number) == (10, "10")


def test_batches_and_single_orders_with_the_same_new_products_do_not_deadlock(read, now):
    batch = [payloads.order(i, customer={"external_id": f"c{i % 9}"}) for i in range(60)]
    jobs = [recording(read, now, *batch), recording(read, now, *reversed(batch))]
    jobs += [recording(read, now, payloads.order(i, customer={"external_id": f"c{i}"})) for i in range(6)]
    at_once(jobs)
    assert (Order.objects.count(), Customer.objects.count(), Product.objects.count()) == (60, 9, 2)
