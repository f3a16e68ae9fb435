"""Into how many paid parts a text message is cut (3GPP TS 23.038 and 23.040)."""

_GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_DOUBLE = set("^{}\\[~]|€\f")


def sms_parts(text: str) -> int:
    """Number of parts: 160 septets in one or 153 in each of several; 70 and 67 UTF-16 units otherwise."""
    if all(char in _GSM7 or char in _GSM7_DOUBLE for char in text):
        length, single, several = sum(2 if char in _GSM7_DOUBLE else 1 for char in text), 160, 153
    else:
        length, single, several = len(text.encode("utf-16-le")) // 2, 70, 67
    return max(1, 1 if length <= single else -(-length // several))
