"""Pages of this app."""

from django.urls import path

from dashboard.views import cac, customer_assign, customer_card, customer_edit, customer_list, ltv, overview

urlpatterns = [
    path("overview/", overview.overview_page, name="overview"),
    path("ltv/", ltv.ltv, name="ltv"),
    path("cac/", cac.cac, name="cac"),
    path("customers/", customer_list.customer_list, name="customer_list"),
    path("customers/find/", customer_list.customer_suggestions, name="customer_suggestions"),
    path("customers/columns/", customer_list.customer_columns, name="customer_columns"),
    path("customers/views/", customer_list.customer_view_save, name="customer_view_save"),
    path("customers/views/<int:pk>/forget/", customer_list.customer_view_forget, name="customer_view_forget"),
    path("customers/assign/", customer_assign.customer_assign, name="customer_assign"),
    path("customers/new/", customer_edit.customer_new, name="customer_new"),
    path("customers/<int:pk>/", customer_card.customer_card, name="customer_card"),
    path("customers/<int:pk>/timeline/", customer_card.customer_timeline, name="customer_timeline"),
    path("customers/<int:pk>/next/", customer_card.customer_next_touch, name="customer_next_touch"),
    path("customers/<int:pk>/orders/", customer_card.customer_orders, name="customer_orders"),
    path("customers/<int:pk>/messages/", customer_card.customer_messages, name="customer_messages"),
    path("customers/<int:pk>/history/", customer_card.customer_history, name="customer_history"),
    path("customers/<int:pk>/take/", customer_assign.customer_take, name="customer_take"),
    path("customers/<int:pk>/edit/", customer_edit.customer_edit, name="customer_edit"),
    path("customers/<int:pk>/contacts/", customer_edit.customer_contact_add, name="customer_contact_add"),
    path("customers/<int:pk>/consent/", customer_edit.customer_consent, name="customer_consent"),
]
