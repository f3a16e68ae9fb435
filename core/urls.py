"""The first page, language and theme, people and tokens."""

from django.urls import path

from core.views import pages, people, tokens

urlpatterns = [
    path("", pages.home, name="home"),
    path("preferences/", pages.set_preferences, name="set_preferences"),
    path("settings/tokens/", tokens.token_list, name="token_list"),
    path("settings/tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/<int:pk>/", people.person_change, name="person_change"),
]
