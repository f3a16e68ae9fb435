"""Public addresses, which other sites know, and pages of this app."""

from django.urls import path

from webforms import views

urlpatterns = [
    path("ferma-form.js", views.form_script, name="form_script"),
    path("pixel.js", views.pixel_script, name="pixel_script"),
    path("p/<slug:key>/", views.pixel_report, name="pixel_report"),
    path("f/<slug:code>/", views.form_page, name="form_page"),
    path("f/<slug:code>/form.json", views.form_json, name="form_json"),
    path("f/<slug:code>/send/", views.form_send, name="form_send"),
    path("settings/sites/", views.site_list, name="site_list"),
    path("settings/sites/new/", views.site_new, name="site_new"),
    path("settings/sites/<int:pk>/", views.site_page, name="site_page"),
    path("settings/sites/<int:pk>/edit/", views.site_edit, name="site_edit"),
    path("settings/sites/<int:site_pk>/forms/new/", views.form_new, name="form_new"),
    path("settings/forms/<int:pk>/", views.form_page_of, name="form_page_of"),
    path("settings/forms/<int:pk>/edit/", views.form_edit, name="form_edit"),
]
