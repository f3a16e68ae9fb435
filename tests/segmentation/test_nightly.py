"""The night: once per date, step by step, whatever happens."""

import json
import threading
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from core.errors import InvalidInput
from core.models import Night
from core.periods import company_day
from crm import nightly, tasks
from crm.nightly import NightIsRunning, Step
from customers.models import StaleMark, TimelineEvent
from segmentation.actions import take_snapshot
from segmentation.models import BaseSnapshot, GradeChange, LifecycleChange, ModelFit, Standing
from tests.factories.segmentation import AS_OF, NIGHT, buyer_of, mark, order

pytestmark = pytest.mark.django_db(transaction=True)


class Steps:
    """Steps that count how often they ran; the broken ones fail."""

    def __init__(self, **needs: tuple[str, ...]) -> None:
        self.ran: list[str] = []
        self.broken: set[str] = set()
        self.steps = tuple(Step(name, self.step(name), needs=needed) for name, needed in needs.items())

    def step(self, name):
        def run(_as_of, _now):
            self.ran.append(name)
            if name in self.broken:
                raise ValueError(f"{name} broke")
            return {"changed": 1}

        return run

    def night(self, **arguments) -> Night:
        return nightly.run(as_of=AS_OF, now=NIGHT, steps=self.steps, **arguments)


def states(night) -> dict[str, str]:
    return {step.name: step.state for step in night.steps.all()}


def test_a_night_computes_the_whole_base():
    customers = [buyer_of([5, 40]), buyer_of([300], kind="company")]
    mark(*customers)
    night = nightly.run(as_of=AS_OF, now=NIGHT)
    assert {step.name: step.error for step in night.steps.all() if step.error} == {}
    assert list(states(night)) == [step.name for step in nightly.STEPS]
    assert night.state == "done"
    assert Standing.objects.count() == 2
    assert ModelFit.objects.get().reason == "too_few_repeat_buyers"
    snapshot = BaseSnapshot.objects.get()
    assert (snapshot.on, snapshot.buyers, snapshot.realised) == (AS_OF, 2, 1200)
    assert sum(totals["customers"] for totals in snapshot.by_grade.values()) == 2
    assert not StaleMark.objects.exists()


def test_a_night_leaves_none_of_its_own_tables_behind():
    """Those that its workers read are no temporary ones, and do not go by themselves."""
    buyer_of([5, 40])
    nightly.run(as_of=AS_OF, now=NIGHT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relpersistence <> 'p'")
        assert cursor.fetchall() == []


def test_an_empty_base_has_a_night_too():
    assert nightly.run(as_of=AS_OF, now=NIGHT).state == "done"
    assert take_snapshot(as_of=AS_OF).buyers == 0


def test_a_second_start_does_nothing():
    steps = Steps(one=())
    steps.night()
    assert steps.night().state == "done"
    assert steps.ran == ["one"]


def test_again_runs_every_step_anew():
    steps = Steps(one=(), two=())
    steps.night()
    steps.night(again=True)
    assert steps.ran == ["one", "two"] * 2
    assert Night.objects.count() == 1


def test_each_step_needs_only_steps_before_it():
    before = set()
    for step in nightly.STEPS:
        assert set(step.needs) <= before, step.name
        before.add(step.name)


def test_a_failed_step_stops_only_what_needs_it():
    steps = Steps(one=(), two=("one",), three=("two",), four=())
    steps.broken.add("one")
    night = steps.night()
    assert steps.ran == ["one", "four"]
    assert states(night) == {"one": "failed", "two": "failed", "three": "failed", "four": "done"}
    assert night.state == "failed"
    assert night.steps.get(name="one").error == "ValueError: one broke"


def test_the_next_start_takes_up_what_was_left():
    steps = Steps(one=(), two=(), three=("two",))
    steps.broken.add("two")
    steps.night()
    steps.broken.clear()
    night = steps.night()
    assert steps.ran == ["one", "two", "two", "three"]
    assert night.state == "done"


def test_a_killed_night_is_taken_up_where_it_was():
    class Killed(BaseException):
        pass

    steps = Steps(one=(), two=())

    def kill(_as_of, _now):
        raise Killed

    with pytest.raises(Killed):
        nightly.run(as_of=AS_OF, now=NIGHT, steps=(steps.steps[0], Step("two", kill)))
    assert Night.objects.get().state == "running"
    assert steps.night().state == "done"
    assert steps.ran == ["one", "two"]


def test_two_nights_at_once_are_one():
    begun, tried = threading.Event(), threading.Event()

    def wait(_as_of, _now):
        begun.set()
        tried.wait(30)
        return {}

    def run() -> None:
        nightly.run(as_of=AS_OF, now=NIGHT, steps=(Step("one", wait),))
        connection.close()

    first = threading.Thread(target=run)
    first.start()
    begun.wait(30)
    with pytest.raises(NightIsRunning):
        nightly.run(as_of=AS_OF, now=NIGHT, steps=(Step("one", wait),))
    tried.set()
    first.join()
    assert Night.objects.get().state == "done"


def test_a_night_cannot_be_run_for_a_day_to_come():
    with pytest.raises(InvalidInput):
        nightly.run(as_of=AS_OF + timedelta(days=1), now=NIGHT)
    assert not Night.objects.exists()


@pytest.mark.parametrize("again", [False, True])
def test_there_is_no_going_back_in_time(again):
    """An earlier day would write changes into the midst of the histories, each of them told twice."""
    steps = Steps(one=())
    steps.night()
    with pytest.raises(InvalidInput, match=f"{AS_OF}.*--again"):
        nightly.run(as_of=AS_OF - timedelta(days=9), now=NIGHT, steps=steps.steps, again=again)
    assert Night.objects.count() == 1


def test_the_same_night_again_adds_nothing_to_the_histories():
    for days in ([10], [10, 40, 70], [400]):
        buyer_of(days)
    nightly.run(as_of=AS_OF - timedelta(days=1), now=NIGHT - timedelta(days=1))
    order(buyer_of([300]), 0, revenue=99_999, known_cost=0)
    models = (GradeChange, LifecycleChange, TimelineEvent)
    nightly.run(as_of=AS_OF, now=NIGHT)
    first = [list(model.objects.order_by("pk").values()) for model in models]
    nightly.run(as_of=AS_OF, now=NIGHT, again=True)
    assert [list(model.objects.order_by("pk").values()) for model in models] == first
    assert first[0]


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of AS_OF in the company's zone, three hours ahead of UTC."""
    return datetime(AS_OF.year, AS_OF.month, AS_OF.day, hour, minute, tzinfo=UTC) - timedelta(hours=3)


def test_a_night_is_due_from_its_hour_on_until_it_is_done(settings):
    settings.NIGHTLY_AT = "03:00"
    assert not nightly.is_due(now=at(2, 59))
    assert nightly.is_due(now=at(3))
    assert nightly.is_due(now=at(20))
    night = Night.objects.create(date=AS_OF, started_at=at(3))
    assert nightly.is_due(now=at(3, 1))
    night.state, night.finished_at = "done", at(4)
    night.save()
    assert not nightly.is_due(now=at(20))


def test_a_failed_night_is_due_again_an_hour_later():
    Night.objects.create(date=AS_OF, state="failed", started_at=at(3), finished_at=at(3, 5))
    assert not nightly.is_due(now=at(4, 4))
    assert nightly.is_due(now=at(4, 5))


def test_the_task_runs_the_night_that_is_due(settings, monkeypatch):
    settings.NIGHTLY_AT = "00:00"
    monkeypatch.setattr(timezone, "now", lambda: NIGHT)
    tasks.run_night()
    tasks.run_night()
    assert Night.objects.get().state == "done"


def test_the_command_prints_the_steps():
    buyer_of([10])
    out = StringIO()
    call_command("nightly", as_of=AS_OF, stdout=out)
    assert "standings" in out.getvalue()
    out = StringIO()
    call_command("nightly", as_of=AS_OF, json=True, stdout=out)
    report = json.loads(out.getvalue())
    assert report["state"] == "done"
    assert [step["name"] for step in report["steps"]] == [step.name for step in nightly.STEPS]


def test_the_command_fails_when_a_step_did(monkeypatch):
    def broken(_as_of, _now):
        raise ValueError("no disk")

    monkeypatch.setattr(nightly.run, "__kwdefaults__", {"again": False, "steps": (Step("one", broken),)})
    with pytest.raises(CommandError, match="Some steps failed"):
        call_command("nightly", as_of=AS_OF, stdout=StringIO())


def test_recompute_takes_the_marked_or_everybody():
    marked, other = buyer_of([10]), buyer_of([10])
    mark(marked)
    out = StringIO()
    call_command("recompute", stdout=out)
    assert "customers: 1" in out.getvalue()
    assert not Standing.objects.filter(customer=other).exists()
    out = StringIO()
    call_command("recompute", full=True, json=True, stdout=out)
    assert json.loads(out.getvalue())["statistics_written"] == 1
    assert Standing.objects.filter(customer=other).exists()


def test_the_day_of_a_night_is_the_companys():
    assert company_day(NIGHT) == AS_OF
