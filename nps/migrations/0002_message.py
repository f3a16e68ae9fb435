"""The message that asks, in Russian and English; people change it on the page of templates."""

from pathlib import Path

from django.db import migrations

MESSAGES = Path(__file__).resolve().parent.parent / "messages"
SUBJECTS = {"ru": "Порекомендуете нас? Два вопроса о вашем заказе", "en": "Would you recommend us? Two questions"}


def add_message(apps, _schema_editor):
    for language, subject in SUBJECTS.items():
        body = (MESSAGES / f"nps.{language}.html").read_text(encoding="utf-8")
        apps.get_model("campaigns", "MessageTemplate").objects.get_or_create(
            code="nps",
            language=language,
            defaults={"channel": "email", "purpose": "service", "subject": subject, "body": body},
        )


class Migration(migrations.Migration):
    dependencies = [("nps", "0001_initial"), ("campaigns", "0001_initial")]
    operations = [migrations.RunPython(add_message, migrations.RunPython.noop)]
