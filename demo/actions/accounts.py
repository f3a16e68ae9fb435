"""People of the invented company and the integration's token. One random password for all."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from core.models import ApiToken, Scope, User
from core.roles import Role
from core.tokens import issue_token

DOMAIN = "zerno.example"
INTEGRATION = f"shop@{DOMAIN}"
TOKEN_NAME = "Интернет-магазин"  # noqa: S105
PEOPLE = (
    (Role.FARMER, "farmer", "Анна", "Полякова"),
    (Role.FARMER, "farmer2", "Игорь", "Седов"),
    (Role.FARMER, "farmer3", "Марина", "Белова"),
    (Role.FARMER, "farmer4", "Тимофей", "Климов"),
    (Role.HUNTER, "hunter", "Роман", "Орлов"),
    (Role.MARKETER, "marketer", "Юлия", "Зимина"),
    (Role.MANAGER, "manager", "Ольга", "Вишневская"),
    (Role.ADMINISTRATOR, "admin", "Денис", "Карпов"),
)


@dataclass(frozen=True)
class Account:
    """A log-in to show."""

    role: str
    name: str
    email: str
    password: str


@dataclass(frozen=True)
class LogIns:
    """What the demonstration prints: who can log in, and the API token."""

    accounts: list[Account]
    token: str


def log_ins_file() -> Path:
    """Where the log-ins are kept for `serve` to print."""
    return settings.VAR_DIR / "demo.json"


def known_log_ins() -> LogIns | None:
    """The log-ins made earlier, if they still belong to this base."""
    try:
        kept = json.loads(log_ins_file().read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    digest = ApiToken.digest_of(kept["token"])
    if not ApiToken.objects.filter(digest=digest, revoked_at__isnull=True).exists():
        return None
    return LogIns([Account(**account) for account in kept["accounts"]], kept["token"])


@transaction.atomic
def create_accounts() -> LogIns:
    """Make (or give a new password to) the demonstration accounts, and write them to `demo.json`."""
    password = secrets.token_urlsafe(9)
    digest = make_password(password)
    for role, login, first, last in PEOPLE:
        _keep(
            email=f"{login}@{DOMAIN}",
            first_name=first,
            last_name=last,
            role=role,
            password=digest,
            may_export=role == Role.MANAGER,
        )
    shop = _keep(email=INTEGRATION, first_name=TOKEN_NAME, role=Role.INTEGRATION, password=make_password(None))
    _row, token = issue_token(
        user=shop,
        name=TOKEN_NAME,
        scopes=list(Scope.values),
        created_by=User.objects.get(email=f"admin@{DOMAIN}"),
    )
    accounts = [
        Account(role.value, f"{first} {last}", f"{login}@{DOMAIN}", password) for role, login, first, last in PEOPLE
    ]
    log_ins = LogIns(accounts, token)
    _write(log_ins)
    return log_ins


def farmers() -> list[User]:
    """The invented farmers, in a fixed order."""
    return list(User.objects.filter(role=Role.FARMER, email__endswith=f"@{DOMAIN}").order_by("email"))


def person(login: str) -> User:
    """One of the invented people."""
    return User.objects.get(email=f"{login}@{DOMAIN}")


def _keep(*, email: str, **fields: object) -> User:
    return User.objects.update_or_create(email=email, defaults={"username": email, **fields})[0]


def _write(log_ins: LogIns) -> None:
    """Readable by the owner only."""
    path = log_ins_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(log_ins), file, ensure_ascii=False, indent=1)
