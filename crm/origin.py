"""What kind of program this is: the journal's word for changes that nobody in particular made."""

from typing import Any

from django.db.backends.signals import connection_created


def announce(origin: str) -> None:
    """Have every connection of this process say so when it is opened: task, command."""

    def tell(*, connection: Any, **_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('ferma.origin', %s, false)", [origin])

    connection_created.connect(tell, weak=False, dispatch_uid="crm.origin")
