"""REST endpoints of this app, under /api/v1/."""

from django.urls import path

from customers import api

urlpatterns = [
    path("orders/", api.Orders.as_view(), name="api_orders"),
    path("orders/bulk/", api.OrdersBulk.as_view(), name="api_orders_bulk"),
    path("orders/<int:pk>/", api.OrderDetail.as_view(), name="api_order"),
    path("customers/", api.Customers.as_view(), name="api_customers"),
    path("customers/<int:pk>/", api.CustomerDetail.as_view(), name="api_customer"),
]
