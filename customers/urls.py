"""Pages of this app."""

from django.urls import path

from customers.views import contacts, import_setup, import_undo, import_upload, imports, promises

urlpatterns = [
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", import_upload.import_new, name="import_new"),
    path("imports/samples/<slug:kind>.csv", import_upload.import_sample, name="import_sample"),
    path("imports/<int:pk>/", imports.import_page, name="import_page"),
    path("imports/<int:pk>/setup/", import_setup.import_setup, name="import_setup"),
    path("imports/<int:pk>/preview/", import_setup.import_preview, name="import_preview"),
    path("imports/<int:pk>/run/", imports.import_run, name="import_run"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<int:pk>/stop/", imports.import_stop, name="import_stop"),
    path("imports/<int:pk>/refused/", imports.import_refused, name="import_refused"),
    path("imports/<int:pk>/correct/", import_upload.import_correct, name="import_correct"),
    path("imports/<int:pk>/undo/", import_undo.import_undo, name="import_undo"),
    path("promises/", promises.promises, name="promises"),
    path("promises/<int:pk>/close/", promises.promise_close, name="promise_close"),
    path("promises/<int:pk>/reopen/", promises.promise_reopen, name="promise_reopen"),
    path("promises/<int:pk>/move/", promises.promise_move, name="promise_move"),
    path("customers/<int:pk>/promises/", promises.customer_promises, name="customer_promises"),
    path("contacts/<int:pk>/open/", contacts.contact_open, name="contact_open"),
]
