"""The API does what its description says, whatever is sent: valid and invalid data, in sequences too.

`SCHEMATHESIS_EXAMPLES=300` tries more of each call; docs/api.md tells how to try a running server for long.
"""

import os
from collections.abc import Iterator

import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as how
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from core.models import Scope
from core.tokens import issue_token
from tests.factories.core import IntegrationFactory

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "2"))
LIMITS = how(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CONFIG = {
    "checks": {
        # 422: a rule refuses what has the right form. 207: rows of a bulk are refused one by one.
        "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "422", "429"]},
        "negative_data_rejection": {
            "expected-statuses": ["207", "400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "429"]
        },
    }
}


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The requests of this process share the test's connection, and none of them closes it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(db: None) -> str:
    integration = IntegrationFactory()
    return issue_token(user=integration, name="st", scopes=Scope.values, created_by=integration)[1]


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("mode", GenerationMode)
def test_each_call_answers_as_described(token: str, mode: GenerationMode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "API_RATE", 0)
    described = schemathesis.openapi.from_wsgi(
        "/api/v1/schema/?format=json", app=get_wsgi_application(), config=SchemathesisConfig.from_dict(CONFIG)
    )

    def answers_as_described(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"})

    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) > 40
    for operation in operations:
        try:
            LIMITS(given(operation.as_strategy(generation_mode=mode))(answers_as_described))()
        except Unsatisfiable:
            # A call without anything to fill in cannot be filled in wrongly.
            assert mode is GenerationMode.NEGATIVE, operation.label
