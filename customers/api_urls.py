"""REST endpoints of this app, under /api/v1/."""

from django.urls import path

from customers import api

urlpatterns = [
    path("orders/", api.Orders.as_view(), name="api_orders"),
    path("orders/bulk/", api.OrdersBulk.as_view(), name="api_orders_bulk"),
    path("orders/<int:pk>/", api.OrderDetail.as_view(), name="api_order"),
    path("customers/", api.Customers.as_view(), name="api_customers"),
    path("customers/bulk/", api.CustomersBulk.as_view(), name="api_customers_bulk"),
    path("customers/<int:pk>/", api.CustomerDetail.as_view(), name="api_customer"),
    path("customers/<int:pk>/contacts/", api.CustomerContacts.as_view(), name="api_customer_contacts"),
    path("contacts/", api.Contacts.as_view(), name="api_contacts"),
    path("contacts/bulk/", api.ContactsBulk.as_view(), name="api_contacts_bulk"),
    path("consents/", api.Consents.as_view(), name="api_consents"),
    path("consents/bulk/", api.ConsentsBulk.as_view(), name="api_consents_bulk"),
    path("products/", api.Products.as_view(), name="api_products"),
    path("products/bulk/", api.ProductsBulk.as_view(), name="api_products_bulk"),
    path("products/<int:pk>/", api.ProductDetail.as_view(), name="api_product"),
    path("categories/", api.Categories.as_view(), name="api_categories"),
    path("categories/bulk/", api.CategoriesBulk.as_view(), name="api_categories_bulk"),
    path("obligations/", api.Obligations.as_view(), name="api_obligations"),
    path("obligations/bulk/", api.ObligationsBulk.as_view(), name="api_obligations_bulk"),
    path("obligations/<int:pk>/", api.ObligationDetail.as_view(), name="api_obligation"),
    path("events/", api.Events.as_view(), name="api_events"),
    path("events/bulk/", api.EventsBulk.as_view(), name="api_events_bulk"),
]
