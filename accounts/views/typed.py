"""What a person entered in a form that cannot be taken, to be shown back."""

from django.http import HttpRequest

#: Fields that are not shown back: secrets.
NOT_SHOWN = ("password", "token", "csrf", "secret", "code", "intent", "writer", "unsaved")


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What the person entered, by field, to copy from; without secrets and without what cannot be shown."""
    return [
        (name.replace("_", " ").replace("-", " ").strip().capitalize(), readable(text))
        for name, texts in request.POST.lists()
        for text in texts
        if text.strip() and not any(word in name.lower() for word in NOT_SHOWN)
    ]


def readable(text: str) -> str:
    """``text`` without the characters that no database takes and no page can show."""
    return "".join(sign for sign in text if sign != "\0" and not "\ud800" <= sign <= "\udfff")
