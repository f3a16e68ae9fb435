"""The tick: no mark is lost, whatever happens at the same time."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, close_old_connections, connection, transaction

from customers.models import Order, StaleMark
from segmentation import actions
from segmentation.actions import refresh
from segmentation.actions.locks import recomputing
from segmentation.models import PurchaseStatistics, Standing
from segmentation.tasks import refresh_stale
from tests.factories.segmentation import NIGHT, buyer_of, mark, order


def in_a_thread(work) -> threading.Thread:
    """Run the work on a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db
def test_a_marked_customer_is_recomputed_and_the_mark_goes():
    marked, other = buyer_of([3]), buyer_of([3])
    mark(marked, marked)
    assert actions.refresh_stale(now=NIGHT) == 1
    assert not StaleMark.objects.exists()
    assert Standing.objects.get().customer == marked
    assert not PurchaseStatistics.objects.filter(customer=other).exists()


@pytest.mark.django_db
def test_without_marks_there_is_nothing_to_do():
    buyer_of([3])
    assert actions.refresh_stale(now=NIGHT) == 0


@pytest.mark.django_db
def test_a_tick_takes_at_most_its_limit():
    mark(*(buyer_of([3]) for _ in range(3)))
    assert actions.refresh_stale(now=NIGHT, limit=2) == 2
    assert StaleMark.objects.count() == 1


@pytest.mark.django_db
def test_a_cancelled_only_order_takes_the_standing_away():
    customer = buyer_of([3])
    mark(customer)
    actions.refresh_stale(now=NIGHT)
    Order.objects.update(status="cancelled", revenue=0, known_cost=0)
    mark(customer)
    actions.refresh_stale(now=NIGHT)
    assert not Standing.objects.exists()
    assert not PurchaseStatistics.objects.exists()


@pytest.mark.django_db
def test_the_task_does_a_tick():
    mark(buyer_of([3]))
    assert refresh_stale() == 1


@pytest.mark.django_db(transaction=True)
def test_a_crash_in_the_middle_gives_the_marks_back(monkeypatch):
    mark(buyer_of([3]))

    def crash(**_):
        raise DatabaseError("the server went away")

    monkeypatch.setattr(refresh, "conclude_customers", crash)
    with pytest.raises(DatabaseError):
        actions.refresh_stale(now=NIGHT)
    assert StaleMark.objects.count() == 1
    assert not PurchaseStatistics.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_order_committed_during_the_tick_is_found_by_the_next(monkeypatch):
    customer = buyer_of([3])
    mark(customer)
    recompute = refresh.recompute_statistics

    def slow(**arguments):
        recompute(**arguments)
        # The tick has read the orders: now another one comes in.
        in_a_thread(lambda: (order(customer, 2), mark(customer))).join()

    monkeypatch.setattr(refresh, "recompute_statistics", slow)
    actions.refresh_stale(now=NIGHT)
    assert PurchaseStatistics.objects.get().orders == 1
    assert StaleMark.objects.count() == 1
    monkeypatch.undo()
    actions.refresh_stale(now=NIGHT)
    assert PurchaseStatistics.objects.get().orders == 2
    assert not StaleMark.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_mark_not_committed_yet_is_left_for_later():
    customer = buyer_of([3])
    written, ticked = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            order(customer, 2)
            mark(customer)
            written.set()
            ticked.wait(30)

    writer = in_a_thread(write)
    written.wait(30)
    assert actions.refresh_stale(now=NIGHT) == 0
    ticked.set()
    writer.join()
    assert actions.refresh_stale(now=NIGHT) == 1
    assert PurchaseStatistics.objects.get().orders == 2


@pytest.mark.django_db(transaction=True)
def test_a_tick_stands_back_while_the_base_is_recomputed():
    mark(buyer_of([3]))
    begun, ticked = threading.Event(), threading.Event()

    def night() -> None:
        with recomputing():
            begun.set()
            ticked.wait(30)

    running = in_a_thread(night)
    begun.wait(30)
    assert actions.refresh_stale(now=NIGHT) == 0
    assert StaleMark.objects.count() == 1
    ticked.set()
    running.join()
    assert actions.refresh_stale(now=NIGHT) == 1


@pytest.mark.django_db(transaction=True)
def test_ticks_at_once_do_the_work_once():
    mark(*(buyer_of([3]) for _ in range(5)))
    counts: list[int] = []
    threads = [in_a_thread(lambda: counts.append(actions.refresh_stale(now=NIGHT))) for _ in range(4)]
    for thread in threads:
        thread.join()
    while StaleMark.objects.exists():
        counts.append(actions.refresh_stale(now=NIGHT + timedelta(seconds=20)))
    assert sum(counts) == 5
    assert PurchaseStatistics.objects.count() == Standing.objects.count() == 5
    close_old_connections()
