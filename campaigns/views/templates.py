"""Writing a flow's messages."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods

from campaigns.actions import save_template
from campaigns.forms import TemplateForm
from campaigns.frames import frame_policy, framed
from campaigns.models import Flow, FlowStep, MessageTemplate, Purpose
from campaigns.rules.variables import examples
from campaigns.views.flows import MARKETERS
from campaigns.views.previews import preview
from core.access import role_required
from core.errors import InvalidInput
from core.models import Language


@role_required(*MARKETERS)
@require_http_methods(["GET", "POST"])
def template_edit(request: HttpRequest, code: str, position: int, language: str) -> HttpResponse:
    """Write the message of a step in one language; what is wrong is said beside the field."""
    step, template = _find(code, position, language)
    initial = {"subject": template.subject, "body": template.body} if template else {}
    form = TemplateForm(request.POST or None, channel=step.kind, initial=initial)
    if form.is_valid():
        try:
            save_template(
                code=step.template_code,
                language=language,
                channel=step.kind,
                purpose=template.purpose if template else Purpose.MARKETING,
                subject=form.cleaned_data.get("subject", ""),
                body=form.cleaned_data["body"],
            )
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("template_edit", code=code, position=position, language=language)
    context = {
        "flow": step.flow,
        "step": step,
        "form": form,
        "language": language,
        "languages": Language.choices,
        "preview": preview(step.flow, template, language),
        "variables": examples(language),
    }
    return render(request, "campaigns/template_edit.html", context, status=422 if form.is_bound else 200)


@role_required(*MARKETERS)
@require_GET
@frame_policy
@xframe_options_sameorigin
def template_frame(_request: HttpRequest, code: str, position: int, language: str) -> HttpResponse:
    """The e-mail itself, for a frame of the pages above."""
    step, template = _find(code, position, language)
    shown = preview(step.flow, template, language)
    return framed(shown.content.html if shown.content else "")


def _find(code: str, position: int, language: str) -> tuple[FlowStep, MessageTemplate | None]:
    flow = get_object_or_404(Flow.objects.select_related("offer"), code=code)
    step = get_object_or_404(flow.steps.exclude(template_code=""), position=position)
    if language not in Language.values:
        raise Http404
    step.flow = flow
    return step, MessageTemplate.objects.filter(code=step.template_code, language=language).first()
