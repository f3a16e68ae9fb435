"""The weekly summary as it is sent, and whether one wants it."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.access import role_required
from core.errors import Conflict, NotFound
from core.models import User
from core.periods import company_day
from core.roles import Role
from dashboard.base_value_charts import words
from dashboard.queries.summary import letters_for, wants_letters, weekly_summary
from dashboard.summary_sending import choose_summary, send_again


@role_required(Role.MANAGER)
@require_GET
def summary_page(request: HttpRequest) -> HttpResponse:
    """The seven days before today, in the words of the letter."""
    user, today = cast("User", request.user), company_day(timezone.now())
    last, unsent = letters_for(user, today)
    context = {
        "summary": weekly_summary(user=user, today=today),
        "causes": words(),
        "root": "",
        "is_wanted": wants_letters(user, last),
        "is_reader": user.role == Role.MANAGER,
        "last": last,
        "unsent": unsent,
    }
    return render(request, "dashboard/summary.html", context)


@role_required(Role.MANAGER)
@require_POST
def summary_choice(request: HttpRequest) -> HttpResponse:
    """Take the letter, or do without it."""
    is_wanted = request.POST.get("wanted") == "1"
    choose_summary(user=cast("User", request.user), is_wanted=is_wanted)
    messages.success(
        request,
        _("The summary comes on Monday mornings.") if is_wanted else _("The summary does not come by e-mail any more."),
    )
    return redirect("summary")


@role_required(Role.MANAGER)
@require_POST
def summary_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a letter again that failed, or may not have arrived."""
    try:
        row = send_again(summary_id=pk, now=timezone.now())
    except NotFound as error:
        raise Http404 from error
    except Conflict as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The letter to %(person)s goes out within a minute.") % {"person": row.user})
    return redirect("summary")
