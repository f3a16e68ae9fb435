"""Reads of message templates."""

from collections.abc import Collection

from campaigns.models import MessageTemplate


def template_texts(code: str, channel: str) -> dict[str, MessageTemplate]:
    """Language -> template of this code and channel."""
    found = MessageTemplate.objects.filter(code=code, channel=channel).order_by("language")
    return {template.language: template for template in found}


def templates_of(codes: Collection[str]) -> dict[tuple[str, str], MessageTemplate]:
    """(code, language) -> template."""
    found = MessageTemplate.objects.filter(code__in=codes)
    return {(template.code, template.language): template for template in found}
