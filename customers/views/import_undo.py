"""Taking an import back: what would go and stay, asked once; and afterwards what did."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.actions.imports import undo_import
from customers.models import ImportState
from customers.queries.import_undo import undo_forecast
from customers.views.access import importing, job_or_404

# What people call the tables; the rest hangs on these.
TABLES = {
    "customers_customer": _("Customers"),
    "customers_order": _("Orders"),
    "customers_orderline": _("Order lines"),
    "customers_product": _("Products"),
    "customers_contactpoint": _("Contacts"),
    "customers_consent": _("Consents"),
    "acquisition_inquiry": _("Inquiries"),
    "acquisition_spend": _("Amounts of spend"),
}
REST = _("What belongs to them: ids, events, tags and the like")
REASONS = {
    "changed": _("changed since by somebody else"),
    "used": _("newer rows refer to it"),
    "customer_stays": _("its customer stays"),
}
UNDOABLE = (ImportState.DONE, ImportState.STOPPED, ImportState.FAILED)


@importing
@never_cache
@require_http_methods(["GET", "POST"])
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, saying what will go and what must stay (GET); leave it to the worker (POST)."""
    job = job_or_404(request, pk)
    if job.state not in UNDOABLE or job.change_set_id is None:
        return redirect("import_page", pk=pk)
    if request.method == "POST":
        undo_import(job=job, by=request.user, at=timezone.now())
        return redirect("import_page", pk=pk)
    forecast = undo_forecast(job.change_set_id)
    context = {
        "job": job,
        "forecast": forecast,
        "removed": list(by_name(forecast.removed)),
        "restored": list(by_name(forecast.restored)),
        "changed": list(by_name(forecast.changed)),
    }
    return render(request, "customers/import_undo.html", context)


def by_name(rows: Mapping[str, int]) -> Iterator[tuple[Any, int]]:
    """Counts of tables under the names that people know, the rest together."""
    for table, name in TABLES.items():
        if rows.get(table):
            yield name, rows[table]
    rest = sum(count for table, count in rows.items() if table not in TABLES)
    if rest:
        yield REST, rest


def what_stayed(kept: list[dict[str, Any]]) -> list[tuple[Any, Any, int]]:
    """(what, why, how many) of the rows that an undo left."""
    return [(TABLES.get(row["table"], REST), REASONS.get(row["reason"], row["reason"]), row["count"]) for row in kept]
