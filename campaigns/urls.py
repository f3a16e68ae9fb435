"""Pages of this app."""

from django.urls import URLPattern, path

from campaigns.views.deliveries import deliveries, delivery_decide
from campaigns.views.flows import flow_install, flow_list, flow_page, flow_settings, flow_toggle
from campaigns.views.outbox import outbox, outbox_frame, outbox_message
from campaigns.views.templates import template_edit, template_frame
from campaigns.views.unsubscribe import unsubscribe

_TEMPLATE = "flows/<slug:code>/steps/<int:position>/<slug:language>/"

urlpatterns: list[URLPattern] = [
    path("flows/", flow_list, name="flow_list"),
    path("flows/new/win-back/", flow_install, name="flow_install"),
    path("flows/<slug:code>/", flow_page, name="flow_page"),
    path("flows/<slug:code>/active/", flow_toggle, name="flow_toggle"),
    path("flows/<slug:code>/settings/", flow_settings, name="flow_settings"),
    path(_TEMPLATE, template_edit, name="template_edit"),
    path(_TEMPLATE + "frame/", template_frame, name="template_frame"),
    path("deliveries/", deliveries, name="deliveries"),
    path("deliveries/<int:pk>/decide/", delivery_decide, name="delivery_decide"),
    path("outbox/", outbox, name="outbox"),
    path("outbox/<int:pk>/", outbox_message, name="outbox_message"),
    path("outbox/<int:pk>/frame/", outbox_frame, name="outbox_frame"),
    path("u/<str:token>/", unsubscribe, name="unsubscribe"),
]
