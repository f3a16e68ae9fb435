"""Products and categories that other systems tell of: one or a thousand, in the same number of statements."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from core.money import from_minor
from customers.actions.outcomes import Outcome, refusal, repeats
from customers.models import Product, ProductCategory
from customers.rules.products import CategoryData, ProductData
from customers.rules.versions import Fate

CHANGED = ("name", "category", "price", "cost", "is_active", "updated_at")


@transaction.atomic
def record_products(*, products: Sequence[ProductData], now: datetime) -> list[Outcome]:
    """Record a batch in one transaction; the outcome of each, in their order.

    Idempotent on the code: what is told goes over what is stored, what is not told stays. A category that is
    not known is made.
    """
    repeated = repeats([product.sku for product in products])
    good = {product.sku: product for place, product in enumerate(products) if place not in repeated}
    names = {product.category for product in good.values() if product.category}
    _make_categories(CategoryData(name) for name in names)
    categories = dict(ProductCategory.objects.filter(name__in=names).values_list("name", "pk"))
    told = {sku: _told(product, categories) for sku, product in good.items()}
    before = set(_locked(good))
    _make([Product(sku=sku, updated_at=now, **told[sku]) for sku in sorted(good.keys() - before)])
    # Whoever else made one of them meanwhile told something else of it.
    rows = _locked(good)
    changed = [row for sku, row in rows.items() if _learn(row, told[sku], now)]
    Product.objects.bulk_update(changed, CHANGED)
    fates = _fates(before, rows, {row.sku for row in changed})
    return [
        refusal("sku", "repeated_in_batch", first=repeated[place]) if place in repeated else fates[product.sku]
        for place, product in enumerate(products)
    ]


@transaction.atomic
def record_categories(*, categories: Sequence[CategoryData]) -> list[Outcome]:
    """Record categories with their assumed margins; the outcome of each, in their order. Idempotent on the name."""
    repeated = repeats([category.name for category in categories])
    good = {category.name: category for place, category in enumerate(categories) if place not in repeated}
    before = _locked_categories(good)
    _make_categories(category for name, category in good.items() if name not in before)
    rows = _locked_categories(good)
    changed = [row for name, row in rows.items() if _differs(row, good[name])]
    for row in changed:
        row.margin_rate = good[row.name].margin_rate
    ProductCategory.objects.bulk_update(changed, ["margin_rate"])
    fates = _fates(set(before), rows, {row.name for row in changed})
    return [
        refusal("name", "repeated_in_batch", first=repeated[place]) if place in repeated else fates[category.name]
        for place, category in enumerate(categories)
    ]


def _told(product: ProductData, categories: dict[str, int]) -> dict[str, Any]:
    values = {
        "name": product.name or None,
        "category_id": categories.get(product.category),
        "price": None if product.price is None else from_minor(product.price),
        "cost": None if product.cost is None else from_minor(product.cost),
        "is_active": product.is_active,
    }
    return {name: value for name, value in values.items() if value is not None}


def _learn(row: Product, told: dict[str, Any], now: datetime) -> bool:
    """Take over what is told; whether that changed anything."""
    changed = {name: value for name, value in told.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    row.updated_at = now
    return bool(changed)


def _make(products: list[Product]) -> None:
    # Sorted by code: two transactions that make the same products wait for each other, not in a ring.
    Product.objects.bulk_create(products, ignore_conflicts=True)


def _make_categories(categories: Iterable[CategoryData]) -> None:
    rows = [ProductCategory(name=each.name, margin_rate=each.margin_rate) for each in categories]
    ProductCategory.objects.bulk_create(sorted(rows, key=lambda row: row.name), ignore_conflicts=True)


def _locked(skus: Iterable[str]) -> dict[str, Product]:
    rows = Product.objects.select_for_update(of=("self",)).filter(sku__in=list(skus)).order_by("sku")
    return {row.sku: row for row in rows}


def _locked_categories(names: Iterable[str]) -> dict[str, ProductCategory]:
    rows = ProductCategory.objects.select_for_update().filter(name__in=list(names)).order_by("name")
    return {row.name: row for row in rows}


def _differs(row: ProductCategory, told: CategoryData) -> bool:
    return told.margin_rate is not None and row.margin_rate != told.margin_rate


def _fates(before: set[str], rows: dict[str, Any], changed: set[str]) -> dict[str, Outcome]:
    def fate(key: str) -> Fate:
        if key not in before:
            return Fate.CREATED
        return Fate.UPDATED if key in changed else Fate.UNCHANGED

    return {key: Outcome(fate(key), row.pk) for key, row in rows.items()}
