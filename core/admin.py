"""The technical administration: entered through the same log-in, with its limits and second step."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

admin.site.login = secure_admin_login(admin.site.login)
