"""Tasks on the customer's card."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.periods import company_day
from touches import actions, queries
from touches.forms import MoveForm, TaskForm
from touches.models import Task, TaskKind
from touches.views.access import own_customer, people_only


@people_only
@require_GET
def customer_tasks(request: HttpRequest, pk: int) -> HttpResponse:
    """Fragment: the customer's open tasks; loads itself anew on `taskChanged` and `touchLogged`."""
    customer = own_customer(request, pk)
    context = {"customer": customer, "tasks": queries.open_tasks(customer.pk), "today": _today()}
    return render(request, "touches/_tasks.html", context)


@people_only
@require_http_methods(["GET", "POST"])
def task_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Fragment on the card (a page by itself without htmx): set a task."""
    customer = own_customer(request, pk)
    form = TaskForm(request.POST or None, today=_today())
    if request.method == "POST" and form.is_valid():
        actions.open_task(
            customer_id=customer.pk,
            kind=TaskKind.MANUAL,
            due_on=form.cleaned_data["due_on"],
            note=form.cleaned_data["note"],
            owner=None if customer.owner_id else request.user,
        )
        response = _changed(request, customer.pk, _("The task is set."))
        if request.htmx:
            fresh = {"customer": customer, "form": TaskForm(today=_today())}
            response.content = render(request, "touches/_task_form.html", fresh).content
        return response
    template = "touches/_task_form.html" if request.htmx else "touches/task.html"
    status = 422 if form.is_bound else 200
    return render(request, template, {"customer": customer, "form": form}, status=status)


@people_only
@require_POST
def task_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a task as done or cancelled."""
    task = _own_task(request, pk)
    state = request.POST.get("state", "")
    actions.close_task(task=task, state=state, by=request.user, at=timezone.now())
    return _changed(request, task.customer_id, _("The task is closed."))


@people_only
@require_POST
def task_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a task to another day."""
    task = _own_task(request, pk)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _answer(request, task.customer_id, _("Choose the day to move the task to."), "error")
    actions.move_task(task=task, due_on=form.cleaned_data["due_on"])
    return _changed(request, task.customer_id, _("The task is moved."))


def _own_task(request: HttpRequest, pk: int) -> Task:
    return get_object_or_404(queries.tasks_for(request.user), pk=pk)


def _today():
    return company_day(timezone.now())


def _changed(request: HttpRequest, customer_id: int, text: str) -> HttpResponse:
    return _answer(request, customer_id, text, "success", taskChanged={"customer": customer_id})


def _answer(request: HttpRequest, customer_id: int, text: str, level: str, **events: object) -> HttpResponse:
    """An empty fragment with a toast; without htmx, back to the customer's tasks."""
    if not request.htmx:
        return redirect(reverse("customer_card", args=[customer_id]))
    events["toast"] = {"text": text, "level": level}
    return HttpResponse(headers={"HX-Trigger": json.dumps(events)})
