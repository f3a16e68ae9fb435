"""From a tree to one SQL statement. Numbers, days and texts travel as parameters; codes only choose among our columns.

Negation is carried down to the conditions, so that `not` of EXISTS is an anti-join, and `not` of anything else is
IS NOT TRUE: who lacks a value does not meet the condition, and meets its negation.
"""

from datetime import date

from django.db.models import Q

from core.models import User
from customers.models import Customer
from customers.models.customer import CustomerQuerySet
from segmentation.audiences.lookups import not_true
from segmentation.audiences.registry import Condition, Context
from segmentation.audiences.tree import All, Any_, Leaf, Node, Not

NOBODY = Q(pk__in=[])


def condition(node: Node, ctx: Context) -> Q:
    """The tree as one condition on Customer."""
    met = _compiled(node, ctx, negated=False)
    return met if isinstance(met, Q) else Q(met)


def _compiled(node: Node, ctx: Context, *, negated: bool) -> Condition:
    match node:
        case Leaf(field, op, value):
            met = field.compile(op, value, ctx)
            return not_true(met) if negated else met
        case Not(inner):
            return _compiled(inner, ctx, negated=not negated)
        case All(nodes) | Any_(nodes):
            each = [_compiled(one, ctx, negated=negated) for one in nodes]
            return _joined(each, by_all=isinstance(node, All) is not negated)
    raise TypeError(node)


def _joined(conditions: list[Condition], *, by_all: bool) -> Q:
    if not conditions:
        return Q() if by_all else NOBODY
    met = Q(conditions[0])
    for each in conditions[1:]:
        met = met & Q(each) if by_all else met | Q(each)
    return met


def context_of(user: User, as_of: date) -> Context:
    """The context in which a person asks on a day."""
    return Context(as_of=as_of, user_id=user.pk)


def customers_of(tree: Node, user: User, as_of: date) -> CustomerQuerySet:
    """Customers whom the user may see and who meet the tree on the day."""
    return Customer.objects.for_user(user).filter(condition(tree, context_of(user, as_of)))
