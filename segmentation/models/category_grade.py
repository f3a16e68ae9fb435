"""Grades by the orders of one category of products, where a policy asks for them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.money import MoneyField
from customers.models import Customer, CustomerKind, ProductCategory
from customers.models.customer import OfCustomers
from segmentation.models.standing import Grade


class CategoryMeasure(models.Model):
    """Thresholds of one customer kind in one category on a day; `Measure` has them for the whole kind."""

    kind = models.CharField(_("customer kind"), max_length=10, choices=CustomerKind.choices)
    category = models.ForeignKey(ProductCategory, on_delete=models.CASCADE, related_name="+")
    on = models.DateField(_("day"))
    policy = models.ForeignKey("segmentation.Policy", on_delete=models.CASCADE, related_name="+")
    buyers = models.IntegerField(_("buyers in the window"))
    count_threshold = models.DecimalField(_("threshold of orders"), max_digits=14, decimal_places=4)
    check_threshold = MoneyField(_("threshold of the average check"))

    is_derived = True

    class Meta:
        get_latest_by = "on"
        ordering = ["-on", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "category", "on"], name="one_category_measure_a_day"),
        ]


class CategoryGradeQuerySet(OfCustomers["CategoryGrade"]):
    """Grades of customers in categories."""


class CategoryGrade(models.Model):
    """The grade of a customer in a category, with the orders and the revenue of the window behind it.

    Kept while there is no order in the window, as the main grade is; gone with the policy. The thresholds are the
    night's.
    """

    # Without a constraint in the database, as the other tables that the night writes for the whole base.
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="category_grades", db_constraint=False, db_index=False
    )
    category = models.ForeignKey(ProductCategory, on_delete=models.CASCADE, related_name="+")
    grade = models.CharField(_("grade"), max_length=1, choices=Grade.choices)
    orders = models.IntegerField(_("orders in the window"))
    revenue = MoneyField(_("revenue in the window"))
    since = models.DateField()

    objects = CategoryGradeQuerySet.as_manager()

    is_derived = True
    personal: dict[str, object] = {}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "category"], name="one_grade_a_category")]


class CategoryGradeChange(models.Model):
    """A change of a category's grade with the numbers that caused it."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="category_grade_changes", db_index=False
    )
    category = models.ForeignKey(ProductCategory, on_delete=models.CASCADE, related_name="+", db_index=False)
    on = models.DateField()
    old = models.CharField(max_length=1, blank=True)
    new = models.CharField(max_length=1, blank=True, choices=Grade.choices)
    orders = models.IntegerField()
    average_check = MoneyField()
    count_threshold = models.DecimalField(max_digits=14, decimal_places=4)
    check_threshold = MoneyField()
    policy = models.ForeignKey("segmentation.Policy", on_delete=models.CASCADE, related_name="+", db_index=False)

    is_derived = True
    personal: dict[str, object] = {}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "category", "on"], name="one_category_change_a_day")]
