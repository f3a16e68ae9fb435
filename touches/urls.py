"""Pages of this app."""

from django.urls import path

from touches import views

urlpatterns = [
    path("today/", views.worklist, name="worklist"),
    path("today/done/", views.done_today, name="done_today"),
    path("customers/<int:pk>/touch/", views.touch_log, name="touch_log"),
    path("touches/<int:pk>/take-back/", views.touch_take_back, name="touch_take_back"),
    path("customers/<int:pk>/tasks/", views.customer_tasks, name="customer_tasks"),
    path("customers/<int:pk>/tasks/new/", views.task_create, name="task_create"),
    path("tasks/<int:pk>/close/", views.task_close, name="task_close"),
    path("tasks/<int:pk>/move/", views.task_move, name="task_move"),
    path("cadence/", views.cadence, name="cadence"),
]
