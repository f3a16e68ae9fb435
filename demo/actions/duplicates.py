"""Cards that look like one customer: what was found, and what the manager did about it."""

from datetime import timedelta

from customers.actions.duplicates import judge_different, look_at_due, set_duplicate_policy
from customers.actions.merging import merge
from customers.models import CandidateState, Customer, DuplicateCandidate
from demo.actions.accounts import person
from demo.actions.people_acting import work_of
from demo.actions.story import Story

SHOW_FROM, DOUBTFUL = 60, 90
MERGED = 2
LOOKING_SECONDS = 600


def settle_duplicates(story: Story) -> None:
    """Search the base, merge two of the surest pairs, and judge the least sure one two customers."""
    set_duplicate_policy(show_from=SHOW_FROM, merge_from=None)
    look_at_due(now=story.moment_of_end - timedelta(days=4), seconds=LOOKING_SECONDS)
    by = person("manager")
    pairs = DuplicateCandidate.objects.filter(state=CandidateState.OPEN, score__gte=SHOW_FROM).order_by("-score", "pk")
    for number, pair in enumerate(list(pairs[:MERGED])):
        at = story.moment_of_end - timedelta(days=3 - number, hours=7)
        if Customer.objects.filter(pk__in=[pair.first_id, pair.second_id]).count() == 2:
            with work_of(by, at):
                merge(keep_id=pair.first_id, merge_id=pair.second_id, chosen={}, by=by, at=at, score=pair.score)
    doubtful = pairs.filter(score__lt=DOUBTFUL).last()
    if doubtful is not None:
        at = story.moment_of_end - timedelta(days=1, hours=6)
        judge_different(first_id=doubtful.first_id, second_id=doubtful.second_id, by=by, at=at)
