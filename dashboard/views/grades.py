"""Who is A, B, C and D, and who became what between two days."""

from datetime import date
from typing import Any, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.access import role_required
from core.models import User
from core.periods import company_day
from core.roles import Role
from dashboard.figures.tables import Table, table_file
from dashboard.forms.grades import MovesForm
from dashboard.queries.grades import GradesPage, grades_page, last_report
from dashboard.views.grades_tables import (
    matrix_of_customers,
    matrix_of_money,
    moves_table,
    sankey,
    totals_table,
    way_url,
)
from segmentation.queries import rules_in_force

WAYS = ("up", "down", "across", "came", "gone")


@role_required(Role.MARKETER, Role.MANAGER)
@require_GET
def grades(request: HttpRequest) -> HttpResponseBase:
    """The grades of today, the thresholds behind them, and the migration between two days."""
    report = last_report()
    if report is None or not report.parts:
        return render(request, "dashboard/grades.html", {"page": None})
    form = MovesForm(request.GET)
    asked = form.asked(usual=report.moves_from, as_of=report.on)
    page = grades_page(report=report, asked=asked, user=cast("User", request.user))
    tables = [totals_table(page), matrix_of_customers(page), matrix_of_money(page), moves_table(page)]
    if file := table_file(request, tables):
        return file
    context = _context(page, form, tables, company_day(timezone.now()))
    may_set = cast("User", request.user).has_role(Role.MANAGER)
    return render(request, "dashboard/grades.html", context | {"may_set": may_set})


def _context(page: GradesPage, form: MovesForm, tables: list[Table], today: date) -> dict[str, Any]:
    totals, customers, money, moves = tables
    return {
        "page": page,
        "form": form,
        "totals": totals,
        "matrices": (customers, money),
        "moves": moves,
        "rules": rules_in_force(today),
        "ways": [(name, page.way(name), way_url(page, name)) for name in WAYS],
        "chart": sankey(page) if moves.rows else None,
    }
