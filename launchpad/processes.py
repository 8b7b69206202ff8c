"""What runs: the one list that `make run`, the tests and docker-compose.yml start from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Process:
    """A program of ours: what follows ``python`` on its command line."""

    name: str
    arguments: tuple[str, ...]


PREPARE = Process("prepare", ("manage.py", "prepare"))

WEB = Process("web", ("-m", "gunicorn", "--config", "python:launchpad.web_server", "launchpad.wsgi"))
CELERY = ("-m", "celery", "--app", "launchpad", "--quiet")
WORKER = Process("worker", (*CELERY, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"))
BEAT = Process("beat", (*CELERY, "beat"))
RELAY = Process("relay", ("manage.py", "relay"))
MAIL = Process("mail", ("-m", "launchpad.mail_catcher"))

#: Started in this order once the database is prepared, and stopped together.
SERVED = (WEB, WORKER, BEAT, RELAY)

#: What every one of them is told through its environment.
VARIABLES = (
    "SECRET_KEY",
    "AUDIT_KEY",
    "SITE_URL",
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "STATE_DIR",
)
#: What the preparation alone is told: the address of the role that owns the tables.
OF_PREPARE = ("DATABASE_OWNER_URL",)
