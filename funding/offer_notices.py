"""What is told of offers: to applicants what they have to answer, to fund managers what came of it."""

from collections.abc import Callable, Sequence

from accounts.formats import local_time, pounds
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.office_notices import BECAUSE_STAFF
from accounts.wording import OFFERED, Example, Kind
from applications.notice_parts import BECAUSE_EDITOR, COMPETITION, PROJECT, REFERENCE, common, naming, page
from funding.models import AnswerKind, Offer, OfferState
from funding.offers import answering, letter, making
from funding.offers.lapsing import OFFER_EXPIRING

TO_ALL = "those who may edit for an organisation that takes part"
TO_LEAD = "those who may edit for the lead organisation"
TO_OFFICE = "fund managers of its region"
BY_PROCESS = "An award is the applicants’ once its offer is accepted."


def values_at(route: str, *names: str) -> Callable[[Notification], Values]:
    """The values of a kind whose button leads to ``route``, with those that not every kind has."""

    def values(notification: Notification) -> Values:
        offer = offer_of(notification)
        application = offer.award.application
        more = {"answer": offer.get_state_display().lower(), "last_day": letter.last_day(offer)}
        return {
            **common(application),
            **{name: more[name] for name in names},
            "facts": Facts((*naming(application), *said(offer))),
            "offer_button": Button("See the offer", page(route, offer.pk)),
        }

    return values


def said(offer: Offer) -> list[tuple[str, str]]:
    """The grant, and the last day to answer or how it ended, in a table."""
    rows = [("Grant", pounds(offer.award.amount))]
    if offer.is_waiting:
        return [*rows, ("Answer by", letter.last_day(offer))]
    answer = offer.answer
    if answer.signed_name:
        rows.append(("Signed by", f"{answer.signed_name}, {answer.signed_role}"))
    rows.append((answer.get_kind_display(), local_time(answer.answered_at)))
    if answer.reason:
        rows.append(("Reason", answer.reason))
    return rows


def offer_of(notification: Notification) -> Offer:
    return notification.looked_up(_offer)


def _offer(notification: Notification) -> Offer:
    rows = Offer.objects.select_related("award__application__competition", "answer")
    return rows.get(pk=notification.subject_id)


def look_up_all(notifications: Sequence[Notification]) -> None:
    rows = Offer.objects.select_related("award__application__competition", "answer")
    found = rows.in_bulk({one.subject_id for one in notifications})
    for one in notifications:
        if one.subject_id in found:
            one.keep(_offer, found[one.subject_id])


def sees(notification: Notification) -> bool:
    visible = Offer.objects.visible_to(notification.recipient)
    return visible.filter(pk=notification.subject_id).exists()


def scope(notification: Notification) -> str:
    return offer_of(notification).award.application.competition.code


def is_in(*states: OfferState):
    def still(notification: Notification) -> bool:
        return offer_of(notification).state in states

    return still


def examples(*states: OfferState):
    def latest(viewer: User, scope: str) -> list[Example]:
        rows = Offer.objects.visible_to(viewer).filter(state__in=states)
        if scope:
            rows = rows.filter(award__application__competition__code=scope)
        rows = rows.select_related("award__application").order_by("-issued_at", "-pk")[:OFFERED]
        return [Example(row.pk, _called(row)) for row in rows]

    return latest


def _called(offer: Offer) -> str:
    application = offer.award.application
    return f"{application.reference}, {application.title or 'not named yet'}"


FACTS = Placeholder("facts", "a table of reference, project, competition, grant and answer", is_block=True)
LAST_DAY = Placeholder("last_day", "the last day to answer", invented="31 March 2023")
ANSWER = Placeholder("answer", "accepted or declined", invented="accepted")
TO_OFFER = Placeholder("offer_button", "the link to the offer", is_block=True)
ANSWERED = (OfferState.ACCEPTED, OfferState.DECLINED)


def _kind(name: str, title: str, when: str, *states: OfferState, to: str, more=(), **options) -> Kind:
    is_office = to == TO_OFFICE
    return Kind(
        name=name,
        title=title,
        to=to,
        when=when,
        subject_word="offer",
        placeholders=(REFERENCE, PROJECT, COMPETITION, *more, FACTS, TO_OFFER),
        values=values_at(
            "admin:funding_offer_change" if is_office else "offers:detail", *[one.name for one in more]
        ),
        examples=examples(*states),
        because=BECAUSE_STAFF if is_office else BECAUSE_EDITOR,
        still_true=is_in(*states),
        may_read=sees,
        look_up_all=look_up_all,
        scope=scope,
        may_wait=is_office,
        required_by="" if is_office else BY_PROCESS,
        **options,
    )


KINDS = (
    _kind(
        making.OFFER_READY,
        "Your offer is ready",
        "at once, when a fund manager makes the offer",
        OfferState.MADE,
        to=TO_ALL,
        more=(LAST_DAY,),
    ),
    _kind(
        OFFER_EXPIRING,
        "Your offer expires soon",
        "7 days and 2 days before it expires, while nobody has answered",
        OfferState.MADE,
        to=TO_LEAD,
        more=(LAST_DAY,),
    ),
    _kind(
        answering.OFFER_ANSWERED,
        "Your offer was answered",
        "at once, when somebody accepts or declines it",
        *ANSWERED,
        to=TO_ALL,
        more=(ANSWER,),
    ),
    _kind(
        answering.OFFER_LAPSED,
        "Your offer has lapsed",
        "within a quarter of an hour, when the time to answer is over",
        OfferState.LAPSED,
        to=TO_ALL,
        more=(LAST_DAY,),
    ),
    _kind(
        answering.OFFER_WITHDRAWN,
        "Your offer was withdrawn",
        "at once, when the office takes it back",
        OfferState.WITHDRAWN,
        to=TO_ALL,
    ),
    _kind(
        answering.TO_OFFICE[AnswerKind.ACCEPTED],
        "An offer was accepted",
        "at once, when somebody accepts it",
        OfferState.ACCEPTED,
        to=TO_OFFICE,
    ),
    _kind(
        answering.TO_OFFICE[AnswerKind.DECLINED],
        "An offer was declined",
        "at once, when somebody declines it",
        OfferState.DECLINED,
        to=TO_OFFICE,
    ),
    _kind(
        answering.TO_OFFICE[AnswerKind.LAPSED],
        "An offer has lapsed",
        "within a quarter of an hour, when the time to answer is over",
        OfferState.LAPSED,
        to=TO_OFFICE,
    ),
)
