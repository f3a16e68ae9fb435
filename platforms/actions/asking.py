"""Asking a platform's API for what its message only names."""

import json
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from core import outgoing
from core.errors import DomainError
from platforms.models import Connection
from platforms.rules.contract import Unusable
from platforms.rules.registry import ADAPTERS

SECONDS = 15.0
MAX_ANSWER = 5 * 1024 * 1024


class Api:
    """Calls the connection's API with its key. Private addresses are refused by `core.outgoing`."""

    def __init__(self, connection: Connection) -> None:
        self.base = connection.api_url.rstrip("/")
        self.headers = ADAPTERS[connection.platform].api_headers(connection.api_token)

    def get(self, path: str) -> Any:
        """The decoded answer. Raises Unusable when there is none, which a later attempt may mend."""
        address = self.base + quote(path, safe="/?=&.")
        try:
            answer = outgoing.request("GET", address, headers=self.headers, timeout=SECONDS, limit=MAX_ANSWER)
        except DomainError as error:
            raise Unusable("api_silent", reason=str(error.message)) from error
        if answer.status != 200:
            raise Unusable("api_refused", status=answer.status)
        try:
            return json.loads(answer.body, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise Unusable("api_unread") from error
