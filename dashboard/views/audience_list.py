"""The list of audiences."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from campaigns.models import Flow
from core.access import role_required
from core.periods import company_day
from core.roles import Role
from dashboard.audience_examples import EXAMPLES
from dashboard.figures.tables import Cell, Column, Table, table_file
from segmentation.models import Audience
from segmentation.queries.audiences import audiences_for, words_of


@role_required(Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER)
@require_GET
def audience_list(request: HttpRequest) -> HttpResponseBase:
    """One's own audiences and the shared ones, with ten to begin from. Counts come after the page."""
    rows = list(audiences_for(request.user))
    flows: dict[int, list[Flow]] = {}
    for flow in Flow.objects.filter(audience__in=[row.pk for row in rows]).order_by("name"):
        flows.setdefault(flow.audience_id or 0, []).append(flow)
    told_rows = [(row, words_of(row.tree, request.user), flows.get(row.pk, [])) for row in rows]
    table = _table(told_rows)
    if file := table_file(request, [table]):
        return file
    context = {
        "rows": told_rows,
        "table": table,
        "examples": EXAMPLES,
        "may_see_flows": request.user.has_role(Role.MARKETER, Role.MANAGER),
    }
    return render(request, "dashboard/audience_list.html", context)


def _table(rows: list[tuple[Audience, str, list[Flow]]]) -> Table:
    """The list for a file; how many customers each has is counted where it is opened."""
    columns = [
        Column("name", gettext_lazy("Audience")),
        Column("conditions", gettext_lazy("Conditions")),
        Column("owner", gettext_lazy("Owner")),
        Column("flows", gettext_lazy("Used by")),
        Column("version", gettext_lazy("Version"), "int"),
        Column("changed", gettext_lazy("Changed"), "day"),
    ]
    lines = [
        [
            Cell(row.name),
            Cell(words),
            Cell(str(row.owner)),
            Cell(", ".join(flow.name for flow in flows)),
            Cell(row.version),
            Cell(company_day(row.updated_at)),
        ]
        for row, words, flows in rows
    ]
    return Table("audiences", gettext_lazy("Audiences"), columns, lines)
