"""What ``manage.py check --deploy`` asks of an installation that people rely on, beside Django's own."""

from django.conf import settings
from django.core.checks import Error, Tags, register

from accounts import audit_heads


@register(Tags.security, deploy=True)
def audit_trail(app_configs, **options) -> list[Error]:
    """Whoever has this machine, or one key, must not be able to write the audit trail anew unseen."""
    if not settings.DEPLOYED:
        return []
    found = []
    derived = f"audit trail of {settings.SECRET_KEY}".encode()
    if derived == settings.AUDIT_KEY:
        found.append(Error("AUDIT_KEY is derived from SECRET_KEY. Set one of its own.", id="launchpad.E001"))
    file = audit_heads.path()
    if file is not None and file.resolve().is_relative_to(settings.STATE_DIR.resolve()):
        found.append(
            Error(
                "AUDIT_HEAD_URL is a file in STATE_DIR. Name a place that this installation can only add to.",
                id="launchpad.E002",
            )
        )
    return found
