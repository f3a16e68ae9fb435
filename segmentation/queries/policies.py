"""Which policy, thresholds and fit are in force."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from customers.models import CustomerKind
from segmentation.models import CategoryMeasure, Measure, ModelFit, Policy
from segmentation.rules.grades import fewest_of_many


class NoPolicyError(LookupError):
    """No policy covers the day; the defaults are made by `migrate`, so this base lacks it."""


def policy_in_force(kind: str, as_of: date) -> Policy:
    """The newest policy of a customer kind that had begun by the day. Raises NoPolicyError."""
    begun = Policy.objects.of_kinds().filter(kind=kind, effective_from__lte=as_of)
    policy = begun.order_by("-effective_from").first()
    if policy is None:
        raise NoPolicyError(f"no policy for {kind} on {as_of}; run `manage.py migrate`")
    return policy


def policies_in_force(as_of: date) -> dict[str, Policy]:
    """The policy of each customer kind on the day. Raises NoPolicyError."""
    begun = Policy.objects.of_kinds().filter(effective_from__lte=as_of)
    newest = begun.order_by("kind", "-effective_from").distinct("kind")
    found = {policy.kind: policy for policy in newest}
    return {kind: found.get(kind) or policy_in_force(kind, as_of) for kind in CustomerKind.values}


def category_policies_in_force(as_of: date) -> list[Policy]:
    """The newest policy of each kind and category that had begun by the day, without those that end the grading."""
    begun = Policy.objects.of_categories().filter(effective_from__lte=as_of).select_related("category", "created_by")
    newest = begun.order_by("kind", "category", "-effective_from").distinct("kind", "category")
    return [policy for policy in newest if not policy.is_end]


def category_policy_in_force(kind: str, category_id: int, as_of: date) -> Policy | None:
    """The policy by which a kind is graded in a category on the day, if it is."""
    found = category_policies_in_force(as_of)
    return next((each for each in found if (each.kind, each.category_id) == (kind, category_id)), None)


def coming_policies(after: date) -> list[Policy]:
    """Policies that begin after the day, the nearest first."""
    coming = Policy.objects.filter(effective_from__gt=after).select_related("category", "created_by")
    return list(coming.order_by("effective_from", "kind", "category__name"))


def past_policies(today: date) -> list[tuple[Policy, date | None]]:
    """Every policy that has begun, the newest first, and its last day; none for one that is in force."""
    rows = Policy.objects.filter(effective_from__lte=today).select_related("category", "created_by")
    ends: dict[tuple[str, int | None], date] = {}
    found = []
    for policy in rows.order_by("-effective_from", "kind", "category__name"):
        subject = (policy.kind, policy.category_id)
        follower = ends.get(subject)
        found.append((policy, follower and follower - timedelta(days=1)))
        ends[subject] = policy.effective_from
    return found


def measures_in_force(as_of: date) -> dict[str, Measure]:
    """The newest measure of each kind up to the day; a kind that was never measured is absent."""
    rows = Measure.objects.filter(on__lte=as_of).order_by("kind", "-on").distinct("kind")
    return {row.kind: row for row in rows.select_related("policy")}


def fit_in_force() -> ModelFit | None:
    """The newest fit."""
    return ModelFit.objects.order_by("-fitted_at", "-id").first()


@dataclass(frozen=True)
class RulesOfKind:
    """The policy of a customer kind on a day, and the thresholds the last night made of it, if any."""

    policy: Policy
    measure: Measure | CategoryMeasure | None

    @property
    def many_orders(self) -> int | None:
        """From so many orders in the window on they are many."""
        return fewest_of_many(self.measure.count_threshold) if self.measure else None

    @property
    def high_check(self) -> Decimal | None:
        """Above it an average check is high."""
        return self.measure.check_threshold if self.measure else None


def rules_in_force(as_of: date) -> list[RulesOfKind]:
    """For each customer kind, in the order of the choices."""
    measures = measures_in_force(as_of)
    return [RulesOfKind(policy, measures.get(kind)) for kind, policy in policies_in_force(as_of).items()]


def category_rules_in_force(as_of: date) -> list[RulesOfKind]:
    """For each kind and category that is graded apart."""
    newest = CategoryMeasure.objects.filter(on__lte=as_of).order_by("kind", "category", "-on")
    measures = {(row.kind, row.category_id): row for row in newest.distinct("kind", "category")}
    return [
        RulesOfKind(policy, measures.get((policy.kind, policy.category_id or 0)))
        for policy in category_policies_in_force(as_of)
    ]
