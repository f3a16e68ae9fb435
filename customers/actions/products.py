"""Products named by orders: their costs, and making those that are not known yet."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from psycopg2.extras import execute_values

from customers.rules.arithmetic import PricedLine, ProductCost

_KNOWN = """
    SELECT p.sku, p.id, p.cost, c.margin_rate FROM customers_product p
    LEFT JOIN customers_productcategory c ON c.id = p.category_id WHERE p.sku = ANY(%s)"""
_NEW = """
    INSERT INTO customers_product (sku, name, category_id, is_active) VALUES %s
    ON CONFLICT (sku) DO NOTHING"""
_NEW_CATEGORY = "INSERT INTO customers_productcategory (name) VALUES %s ON CONFLICT (name) DO NOTHING"


class Catalogue:
    """The products that a batch names. `costs` by code; `ids` too once the missing ones are made."""

    def __init__(self, lines: Iterable[PricedLine], rows: Iterable[Sequence[Any]] | None = None) -> None:
        """`rows` of the products (code, id, cost, margin), where they were read already."""
        self.named: dict[str, PricedLine] = {}
        for line in lines:
            if line.sku:
                self.named.setdefault(line.sku, line)
        self.ids: dict[str, int] = {}
        self.costs: dict[str, ProductCost] = {}
        self._take(self._known(list(self.named)) if rows is None else rows)
        self._margins_of_new()

    def _take(self, rows: Iterable[Sequence[Any]]) -> None:
        for sku, id_, cost, margin in rows:
            self.ids[sku] = id_
            self.costs[sku] = ProductCost(unit_cost=cost, margin_rate=margin)

    @staticmethod
    def _known(skus: list[str]) -> list[tuple[Any, ...]]:
        if not skus:
            return []
        with connection.cursor() as cursor:
            cursor.execute(_KNOWN, [skus])
            return cursor.fetchall()

    @property
    def _missing(self) -> list[PricedLine]:
        # Sorted: two transactions that make the same products wait for each other, not in a ring.
        return [self.named[sku] for sku in sorted(self.named.keys() - self.ids.keys())]

    def _margins_of_new(self) -> None:
        missing = self._missing
        categories = self._categories({line.category for line in missing if line.category})
        for line in missing:
            if line.category in categories:
                self.costs[line.sku] = ProductCost(margin_rate=categories[line.category][1])

    def make_missing(self) -> None:
        """Write the products (and categories) that nobody has told about before."""
        missing = self._missing
        if not missing:
            return
        names = {line.category for line in missing if line.category}
        with connection.cursor() as cursor:
            if names:
                execute_values(cursor.cursor, _NEW_CATEGORY, [(name,) for name in sorted(names)])
            ids = {name: id_ for name, (id_, _margin) in self._categories(names).items()}
            rows = [(line.sku, line.name, ids.get(line.category), True) for line in missing]
            execute_values(cursor.cursor, _NEW, rows, page_size=1000)
        self._take(self._known([line.sku for line in missing]))

    @staticmethod
    def _categories(names: set[str]) -> dict[str, tuple[int, Decimal | None]]:
        if not names:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, id, margin_rate FROM customers_productcategory WHERE name = ANY(%s)",
                [list(names)],
            )
            return {name: (id_, margin) for name, id_, margin in cursor.fetchall()}
