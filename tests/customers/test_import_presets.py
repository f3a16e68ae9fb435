"""The presets on the real data they are for."""

import io
import json

import pytest
from django.core.management import call_command
from django.db import connection

from customers.models import Order
from tests.factories.shared import shared

pytestmark = pytest.mark.django_db


def imported(name, preset, **options):
    out = io.StringIO()
    call_command("import_orders", shared(name), mapping=preset, json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def revenue_in_minor_units():
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(revenue)::bigint FROM customers_order")
        return cursor.fetchone()[0]


def test_cdnow_has_its_published_customers_and_purchases():
    report = imported("cdnow_sample.txt", "cdnow")
    assert (report["customers"]["new"], report["created"], report["refused"]) == (2357, 6919, 0)
    repeats = Order.objects.exclude(external_id__endswith="-1").count()
    assert repeats == 223
    assert imported("cdnow_sample.txt", "cdnow", dry_run=True)["unchanged"] == 6919


def test_complete_journey_brings_every_cent_of_its_file():
    report = imported("completejourney_transactions.csv.gz", "completejourney")
    assert report["rows"] == 75_000
    # Coupons scanned without goods or money: 209 baskets hold nothing else, 4 households only such baskets.
    assert report["reasons"] == {"empty_line": 416}
    assert (report["created"], report["customers"]["new"]) == (47_243 - 209, 2_377 - 4)
    assert revenue_in_minor_units() == 233_935_24


def test_orders_without_a_number_are_told_apart_and_found_again():
    report = imported("rfm_orders.csv.gz", "rfm")
    assert (report["customers"]["new"], report["created"]) == (995, 4906)
    assert imported("rfm_orders.csv.gz", "rfm", dry_run=True)["unchanged"] == 4906
