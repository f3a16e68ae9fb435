"""The first account of an installation."""

import getpass
import os
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from core.roles import Role


class Command(BaseCommand):
    help = "Make an administrator; asks for what neither the options nor ADMIN_EMAIL and ADMIN_PASSWORD say."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", default=os.environ.get("ADMIN_EMAIL", ""))
        parser.add_argument("--name", default=os.environ.get("ADMIN_NAME", ""))

    def handle(self, *, email: str, name: str, **_: Any) -> None:
        people = get_user_model().objects
        try:
            email = email or input("E-mail: ").strip()
            # Not an option: a command line is seen by every process of the machine.
            password = os.environ.get("ADMIN_PASSWORD") or getpass.getpass("Password: ")
        except EOFError as error:
            raise CommandError("Say the e-mail with --email and the password with ADMIN_PASSWORD.") from error
        if people.filter(email__iexact=email).exists():
            raise CommandError(f"{email} already has an account.")
        try:
            validate_password(password)
            person = people.model(email=email, username=email, first_name=name, role=Role.ADMINISTRATOR)
            person.set_password(password)
            person.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        person.save()
        self.stdout.write(f"{email} can log in now.")
