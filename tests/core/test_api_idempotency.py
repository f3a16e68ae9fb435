"""A request under one Idempotency-Key is done once and answered alike."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from core import idempotency
from core.models import IdempotencyKey
from core.tokens import issue_token
from tests.factories.core import IntegrationFactory

CUSTOMERS = "/api/v1/customers/"
ANNA = {"source": "shop", "external_id": "7", "name": "Anna"}


@pytest.fixture
def api(db):
    return client()


def client():
    integration = IntegrationFactory()
    secret = issue_token(user=integration, name="t", scopes=["customers:write"], created_by=integration)[1]
    made = APIClient(raise_request_exception=False)
    made.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return made


def post(api, body=ANNA, key="k-1"):
    return api.post(CUSTOMERS, body, headers={"Idempotency-Key": key})


def test_the_second_time_the_first_answer_is_given_again(api):
    first, second = post(api), post(api)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert (first.has_header("Idempotent-Replayed"), second["Idempotent-Replayed"]) == (False, "true")


def test_another_request_under_the_same_key_is_refused(api):
    post(api)
    response = post(api, {**ANNA, "name": "Boris"})
    assert response.status_code == 422
    assert response.json()["errors"][0]["code"] == "idempotency_key_reused"


def test_keys_of_two_tokens_do_not_meet(api):
    post(api)
    assert post(client(), {**ANNA, "external_id": "8"}).status_code == 201


def test_a_refused_request_may_be_mended_under_its_key(api):
    assert post(api, {"source": "shop"}).status_code == 422
    assert post(api).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "ключ".encode().decode("latin-1")])
def test_a_key_that_cannot_be_kept_is_refused(api, key):
    assert post(api, key=key).status_code == 400


def test_a_request_that_broke_leaves_its_key_free(api, monkeypatch):
    def broken(**_arguments):
        raise RuntimeError

    monkeypatch.setattr("customers.api.customers.record_customers", broken)
    assert post(api).status_code == 500
    monkeypatch.undo()
    assert post(api).status_code == 201


def test_old_answers_are_forgotten(api):
    post(api)
    IdempotencyKey.objects.update(created_at=timezone.now() - idempotency.KEPT_FOR - timedelta(minutes=1))
    assert post(api).json()["fate"] == "unchanged"
    assert idempotency.forget_answers(before=timezone.now() + timedelta(days=1)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_five_at_once_one_does_the_work_and_all_get_its_answer():
    api, barrier = client(), Barrier(5)

    def send(_number):
        try:
            barrier.wait(timeout=20)
            return post(api)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        responses = list(pool.map(send, range(5)))
    assert {response.status_code for response in responses} == {201}
    assert all(response.json() == responses[0].json() for response in responses)
    assert sum(response.has_header("Idempotent-Replayed") for response in responses) == 4
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_has_waited_too_long_is_told_that_work_goes_on(monkeypatch):
    monkeypatch.setattr(idempotency, "WAIT", "50ms")
    api = client()
    token = IdempotencyKey._meta.get_field("token").related_model.objects.get()

    def send():
        try:
            return post(api)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        idempotency._wait_for_turn(token.pk, "k-1", timezone.now())
        response = pool.submit(send).result()
    assert response.status_code == 409
    assert response.json()["errors"][0]["code"] == "in_progress"
