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
#: What a release before this one has put into the one queue that it had.
EARLIER = "celery"
QUEUES = ("mail", "jobs", "reports", EARLIER)


def worker(name: str, concurrency: int, *queues: str) -> Process:
    options = ("--concurrency", str(concurrency), "--without-gossip", "--without-mingle")
    return Process(name, (*CELERY, "worker", "--queues", ",".join(queues), *options))


#: Mail has workers of its own: neither does it wait for a long report, nor a job for five hundred emails.
#: Of reports one is compiled at a time, of the funding report's files one is written and of scenarios one
#: worked out (``Owed.IN_HAND`` of each), which leaves jobs the others.
WORKER = worker("worker", 2, "mail", EARLIER)
JOBS = worker("jobs", 5, "jobs", "reports")
BEAT = Process("beat", (*CELERY, "beat"))
RELAY = Process("relay", ("manage.py", "relay"))
MAIL = Process("mail", ("-m", "launchpad.mail_catcher"))

#: Started in this order once the database is prepared, and stopped together.
SERVED = (WEB, WORKER, JOBS, BEAT, RELAY)

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
