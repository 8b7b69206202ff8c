"""What the office is told of messages that nobody got, of jobs that failed and of who was shut out."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts import failures, formats, holdings, mail_answers, relay, resending, wording
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import ChangeState, JobRun, Notification, Owed, RoleChange, User
from accounts.roles import Role
from accounts.wording import OFFERED, Example, Kind

BECAUSE_STAFF = "You get this email because of the role you hold on Launchpad."

#: Failed messages that stand in one email by name; of further ones it gives the number.
LISTED = 20


def page(name: str) -> str:
    return settings.SITE_URL + reverse(name)


def undelivered(notification: Notification) -> Values:
    since, until = (datetime.fromisoformat(notification.facts[word]) for word in ("since", "until"))
    rows = failures.undelivered(notification.recipient, since, until).select_related("recipient")
    count, shown = rows.count(), rows.order_by("-pk")[:LISTED]
    listed = [(_what_to_whom(row), mail_answers.why_undelivered(row.answer)) for row in shown]
    if count > LISTED:
        listed.append(("And", f"{count - LISTED} more"))
    return {
        "count": f"{count} message{'' if count == 1 else 's'}",
        "messages": Facts(tuple(listed)) if listed else None,
        "messages_button": Button(
            "See what failed", f"{page('admin:accounts_notification_changelist')}?unreached=yes"
        )
        if resending.may_be_sent_by(notification.recipient).filter(pk__in=rows.values("pk")).exists()
        else None,
    }


def _what_to_whom(row: Notification) -> str:
    """Who had an invitation sent is not whom it did not reach; the address stays with those who invite."""
    title = wording.title_of(row.kind)
    return f"{title} to {row.recipient}" if wording.goes_to_recipient(row.kind) else f"{title}: an invitation"


def is_undelivered(notification: Notification) -> bool:
    """Whether any of it still waits for somebody to send it again."""
    since, until = (datetime.fromisoformat(notification.facts[word]) for word in ("since", "until"))
    return failures.undelivered(notification.recipient, since, until).filter(again__isnull=True).exists()


def answers_for_messages(notification: Notification) -> bool:
    """Whether it still holds a role for which this is to be known: those who held one read no more of it."""
    return bool(notification.recipient.roles & resending.SOME_SENDERS)


def failed_work(notification: Notification) -> Owed | None:
    models = {str(model._meta.verbose_name): model for model, _task in relay.owed}
    model = models.get(notification.subject_word)
    return model.objects.filter(pk=notification.subject_id).first() if model else None


def job_failed(notification: Notification) -> Values:
    row = notification.looked_up(failed_work)
    facts = [
        ("What", row.what),
        ("Ended", formats.local_time(row.finished_at)),
        ("Tries", str(row.tries)),
        ("Why", row.last_error or "no reason was noted"),
    ]
    if also := failures.failed_with(row):
        facts.append(("Failed as well that day", f"{also} more of the kind “{row.work}”"))
    return {
        "what": row.what,
        "facts": Facts(tuple(facts)),
        "job_button": button_to(row, notification.recipient),
    }


def button_to(row: Owed, reader: User) -> Button | None:
    """The way to the office's list of such rows, where it is open to the reader."""
    app, model = row._meta.app_label, row._meta.model_name
    if not reader.has_perm(f"{app}.view_{model}"):
        return None
    return Button("See it in the office", page(f"admin:{app}_{model}_changelist"))


def work_is_there(notification: Notification) -> bool:
    return notification.looked_up(failed_work) is not None


def runs_the_service(notification: Notification) -> bool:
    return Role.ADMINISTRATOR in notification.recipient.roles


def a_failed_message(viewer: User, scope: str) -> list[Example]:
    """The last day on which something failed for this viewer."""
    failed = failures.answered_for_by(viewer).filter(state="failed")
    last = failed.exclude(kind=failures.UNDELIVERABLE).order_by("-finished_at").first()
    if last is None:
        return []
    since, until = last.finished_at - failures.LOOKS_BACK, last.finished_at
    facts = {"since": since.isoformat(), "until": until.isoformat()}
    return [Example(last.pk, f"up to {formats.local_time(until)}", facts)]


def jobs(viewer: User, scope: str) -> list[Example]:
    """The last runs that failed, or where none has, the last ones."""
    runs = JobRun.objects.visible_to(viewer).filter(finished_at__isnull=False).order_by("-finished_at")
    rows = runs.filter(state="failed")[:OFFERED] or runs[: wording.OFFERED]
    return [Example(row.pk, f"{row.job}, {formats.local_time(row.finished_at)}") for row in rows]


def sign_in_changed(notification: Notification) -> Values:
    change = notification.looked_up(role_change)
    rows = (
        ("Who", str(change.person)),
        ("What", change.get_state_display()),
        ("By", str(change.asked_by)),
        ("At", formats.local_time(change.decided_at)),
        ("Why", change.reason),
    )
    address = reverse("admin:accounts_user_change", args=[change.person_id])
    return {
        "person": str(change.person),
        "what": change.get_state_display().lower(),
        "facts": Facts(rows),
        "person_button": Button("See it in the office", settings.SITE_URL + address),
    }


def role_change(notification: Notification) -> RoleChange:
    return RoleChange.objects.select_related("person", "asked_by").get(pk=notification.subject_id)


def changes_by_one(viewer: User, scope: str) -> list[Example]:
    by_one = RoleChange.objects.visible_to(viewer).filter(state__in=[ChangeState.STOPPED, ChangeState.LET_IN])
    rows = by_one.select_related("person").order_by("-pk")[:OFFERED]
    return [Example(row.pk, f"{row.person}, {formats.local_time(row.decided_at)}") for row in rows]


KINDS = (
    Kind(
        name=failures.UNDELIVERABLE,
        title="Messages that could not be delivered",
        to="competition managers and fund managers, for their regions; administrators, where there is none",
        when="within ten minutes, and once an hour at most, when messages were refused or returned",
        subject_word="notification",
        placeholders=(
            Placeholder("count", "how many messages, in words"),
            Placeholder("messages", "a table of what was not delivered, to whom and why", is_block=True),
            Placeholder(
                "messages_button",
                "the link to the list in the office, for whoever may send some of them again",
                is_block=True,
            ),
        ),
        values=undelivered,
        examples=a_failed_message,
        may_read=answers_for_messages,
        because=BECAUSE_STAFF,
        still_true=is_undelivered,
        may_wait=True,
    ),
    Kind(
        name=failures.JOB_FAILED,
        title="A job failed",
        to="administrators",
        when="within ten minutes, once a day for each kind of work, when it has failed on its last try",
        subject_word="run of a job",
        placeholders=(
            Placeholder("what", "the job, or what was to be made"),
            Placeholder("facts", "a table of the job, its tries and why it failed", is_block=True),
            Placeholder("job_button", "the link to it in the office, where they may open it", is_block=True),
        ),
        values=job_failed,
        examples=jobs,
        may_read=runs_the_service,
        because=BECAUSE_STAFF,
        still_true=work_is_there,
        may_wait=True,
    ),
    Kind(
        name=holdings.SIGN_IN_CHANGED,
        title="Somebody was stopped from signing in, or let in again",
        to="all administrators but the one who did it and the one it was done to",
        when="at once, when one administrator does it alone",
        subject_word="role change",
        placeholders=(
            Placeholder("person", "whose right it is"),
            Placeholder("what", "what was done, in words"),
            Placeholder("facts", "a table of who, what, by whom, when and why", is_block=True),
            Placeholder("person_button", "the link to the person in the office", is_block=True),
        ),
        values=sign_in_changed,
        examples=changes_by_one,
        may_read=runs_the_service,
        because=BECAUSE_STAFF,
        required_by="One administrator did it alone, so the others must be able to undo it.",
    ),
)
