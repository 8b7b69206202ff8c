"""Whether a project would fit a competition, before anything is written: rule by rule, in plain words.

The rules are the competition's own and say what they say of an application (``applications.rules``);
a rule that it does not set is not asked about.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from accounts.formats import local_day
from accounts.models import Kind
from applications import rules
from applications.models import Area, Competition, LimitBasis, Strand
from applications.rules import Breach

#: What a business may have of Minimal Financial Assistance in three financial years; just as much is allowed.
MOST_ASSISTANCE = Decimal(315_000)


class Standing(StrEnum):
    FITS = "Fits"
    DOES_NOT_FIT = "Does not fit"
    WE_DECIDE = "We will decide"
    NOT_ANSWERED = "Not answered"


class Registered(StrEnum):
    YES = "yes"
    APPLIED = "applied"
    NO = "no"


class Activity(StrEnum):
    ACTIVE = "active"
    GROWING = "growing"
    NEITHER = "neither"


class Assessed(StrEnum):
    NEVER = "never"
    ONCE = "once"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule makes of the answers.

    mend         what would have to change, or what to do next
    is_final     nothing in the form and no approval of ours puts it right
    is_waivable  a waiver of ours would lift it, and there is time to ask for one
    """

    rule: str
    about: str
    standing: Standing
    says: str
    mend: str = ""
    is_final: bool = False
    is_waivable: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody says of their project; what they do not say is None or empty."""

    lead_kind: str = ""
    registered: str = ""
    activity: str = ""
    area: Area | None = None
    town: str = ""
    amount: Decimal | None = None
    start_on: date | None = None
    duration_months: int | None = None
    has_claimant: bool | None = None
    research_share: Decimal | None = None
    assistance: Decimal | None = None
    is_funded: bool | None = None
    assessed: str = ""
    has_russian_involvement: bool | None = None
    is_exploited_from_uk: bool | None = None


@dataclass(slots=True)
class Sketch:
    """The answers as the rules read an application's figures."""

    competition: Competition
    total_costs: Decimal
    grant_sought: Decimal
    start_on: date | None
    duration_months: int | None
    waived_amount: Decimal | None = None
    waived_months: int | None = None


def findings(competition: Competition, answers: Answers, *, waiver_by: date | None) -> list[Finding]:
    """Return a finding for each rule of the competition that can be judged before there is a form.

    waiver_by  the last day on which a waiver can be asked for; None once it is past
    """
    amount = answers.amount if answers.amount is not None else Decimal(0)
    sketch = Sketch(competition, amount, amount, answers.start_on, answers.duration_months)
    return [
        *_of_the_lead(competition, answers),
        *_of_the_place(competition, answers),
        *_of_the_amount(competition, answers, sketch, waiver_by),
        *_of_the_dates(competition, answers, sketch, waiver_by),
        *_of_the_partners(competition, answers),
        *_of_earlier_money(competition, answers),
        *_of_the_declarations(answers),
    ]


def _of_the_lead(competition: Competition, answers: Answers) -> Iterator[Finding]:
    """ELIG-02 and ELIG-17."""
    about, partner = "Who leads", "A business would have to lead. Your organisation can be its partner."
    must_be_business = "uk_registered_business" in competition.lead_types
    leads = rules.BUSINESS_LEADS if must_be_business else rules.ORGANISATION_LEADS
    if not answers.lead_kind:
        yield _unanswered("ELIG-02", about, leads)
    elif answers.lead_kind == Kind.RESEARCH:
        yield Finding("ELIG-17", about, Standing.DOES_NOT_FIT, rules.NO_ACADEMIC_LEAD, partner, True)
    elif must_be_business and answers.lead_kind != Kind.BUSINESS:
        yield Finding("ELIG-02", about, Standing.DOES_NOT_FIT, leads, partner, True)
    elif not competition.lead_types:
        yield Finding("ELIG-17", about, Standing.FITS, "An organisation of this kind can lead.")
    elif not answers.registered:
        yield _unanswered("ELIG-02", "Registration", leads)
    elif answers.registered == Registered.NO:
        mend = "Apply for its registration first. You can start while it is being finished."
        yield Finding("ELIG-02", "Registration", Standing.DOES_NOT_FIT, leads, mend)
    elif answers.registered == Registered.APPLIED:
        yield Finding("ELIG-02", "Registration", Standing.FITS, rules.REGISTER_FIRST)
    else:
        yield Finding("ELIG-02", about, Standing.FITS, "Your organisation can lead.")


def _of_the_place(competition: Competition, answers: Answers) -> Iterator[Finding]:
    """ELIG-11, or for cluster management ELIG-12: neither ever shuts anybody out by itself."""
    rule = "ELIG-12" if competition.strand == Strand.CLUSTER else "ELIG-11"
    about = "Activity in the cluster"
    if not answers.activity:
        cluster = f"the cluster of {competition.region.name}"
        says = f"Your organisation is active in {cluster}, or grows its activity there."
        yield _unanswered(rule, about, says)
    elif answers.activity == Activity.NEITHER:
        says = "Projects are for those who are active in the cluster, or will grow their activity there."
        mend = "Say in the form what the project would bring to the cluster: we decide by that."
        yield Finding(rule, about, Standing.WE_DECIDE, says, mend)
    elif answers.town:
        yield Finding(rule, about, Standing.WE_DECIDE, rules.OUTSIDE)
    else:
        says = "Your activity is in the cluster. Your registered office may be anywhere in the UK."
        yield Finding(rule, about, Standing.FITS, says)


def _of_the_amount(
    competition: Competition, answers: Answers, sketch: Sketch, waiver_by: date | None
) -> Iterator[Finding]:
    """ELIG-03 to ELIG-05, by what the competition limits."""
    if not (says := rules.amount_rule(competition)):
        return
    if competition.limit_basis == LimitBasis.PROJECT_COST:
        rule = "ELIG-03"
    else:
        rule = "ELIG-05" if competition.limit_min is None else "ELIG-04"
    if answers.amount is None:
        yield _unanswered(rule, "Size", says)
    else:
        fits = (
            f"{rules.AMOUNTS[competition.limit_basis]} of {rules.pounds(answers.amount)}: within the limits."
        )
        yield _judged(rule, "Size", fits, rules.money_limits(sketch), waiver_by)


def _of_the_dates(
    competition: Competition, answers: Answers, sketch: Sketch, waiver_by: date | None
) -> Iterator[Finding]:
    """ELIG-06 to ELIG-08, and that nothing begins before the close."""
    broken = rules.dates_and_duration(sketch)
    start_on, months = answers.start_on, answers.duration_months
    if competition.duration_min or competition.duration_max:
        of_length = [breach for breach in broken if breach.rule == "ELIG-06"]
        if months is None:
            yield _unanswered("ELIG-06", "Length", rules.duration_rule(competition))
        else:
            fits = f"{months} month{'' if months == 1 else 's'}: within the limits."
            yield _judged("ELIG-06", "Length", fits, of_length, waiver_by)
    if competition.latest_start_on:
        of_start = [breach for breach in broken if breach.rule in ("START", "ELIG-07")]
        if start_on is None:
            says = f"The project must start by {local_day(competition.latest_start_on)}."
            yield _unanswered("ELIG-07", "Start", says)
        else:
            fits = f"A start on {local_day(start_on)} is in time."
            yield _judged("ELIG-07", "Start", fits, of_start, None)
    if competition.latest_end_on or competition.ends_exactly_on:
        of_end = [breach for breach in broken if breach.rule == "ELIG-08"]
        if start_on is None or months is None:
            yield _unanswered("ELIG-08", "End", rules.end_rule(competition))
        else:
            yield _judged("ELIG-08", "End", "The project would end in time.", of_end, None)


def _of_the_partners(competition: Competition, answers: Answers) -> Iterator[Finding]:
    """ELIG-15 and ELIG-16."""
    if not competition.needs_partners:
        return
    about = "Partners"
    if answers.has_claimant is None:
        yield _unanswered(
            "ELIG-15", about, "At least two organisations carry out the project and claim grant."
        )
    elif answers.has_claimant:
        yield Finding("ELIG-15", about, Standing.FITS, "Two organisations or more claim grant.")
    else:
        mend = "You can start without one, and have to add one before you submit."
        yield Finding("ELIG-15", about, Standing.DOES_NOT_FIT, rules.ADD_A_PARTNER, mend)
    most, share = competition.research_participation_max, answers.research_share
    if most is None:
        return
    about = "Share of research organisations"
    if share is None:
        says = f"Research organisations can have up to {rules.percentage(most)} of the costs."
        yield _unanswered("ELIG-16", about, says)
    elif share > most:
        mend = f"Bring their share of the costs down to {rules.percentage(most)} or less."
        yield Finding("ELIG-16", about, Standing.DOES_NOT_FIT, rules.LESS_RESEARCH, mend)
    else:
        says = f"{rules.percentage(share)}: within the maximum of {rules.percentage(most)}."
        yield Finding("ELIG-16", about, Standing.FITS, says)


def _of_earlier_money(competition: Competition, answers: Answers) -> Iterator[Finding]:
    """ELIG-20, ELIG-22 and ELIG-18."""
    if competition.subsidy_basis == "minimal_financial_assistance":
        yield _of_assistance(answers)
    about = "Money for the same project"
    if answers.is_funded is None:
        yield _unanswered("ELIG-22", about, "The project is not paid for already.")
    elif answers.is_funded:
        says = "We do not pay twice for the same work."
        mend = "Say in the form what is paid for and what is not: we decide by that."
        yield Finding("ELIG-22", about, Standing.WE_DECIDE, says, mend)
    else:
        yield Finding("ELIG-22", about, Standing.FITS, "The project is not paid for already.")
    about = "Entered before"
    if not answers.assessed:
        yield _unanswered("ELIG-18", about, "A proposal that has been assessed may be entered once more.")
    elif answers.assessed == Assessed.AGAIN:
        says = "This proposal has already been re-submitted."
        mend = "One that is materially different counts as new: we decide that."
        yield Finding("ELIG-18", about, Standing.WE_DECIDE, says, mend)
    else:
        yield Finding("ELIG-18", about, Standing.FITS, "The proposal can be entered.")


def _of_assistance(answers: Answers) -> Finding:
    about, had = "Minimal Financial Assistance", answers.assistance
    limit = f"A business can have up to {rules.pounds(MOST_ASSISTANCE)} of it in three financial years."
    if had is None:
        return _unanswered("ELIG-20", about, limit)
    left = MOST_ASSISTANCE - had
    if left <= 0:
        mend = "Wait until earlier assistance has dropped out of the three years."
        return Finding("ELIG-20", about, Standing.DOES_NOT_FIT, limit, mend)
    if answers.amount is not None and answers.amount > left:
        says = f"{limit} With what it had, the grant can be up to {rules.pounds(left)}."
        return Finding("ELIG-20", about, Standing.WE_DECIDE, says, "We check this before an offer.")
    return Finding("ELIG-20", about, Standing.FITS, f"There is room for {rules.pounds(left)} more of it.")


def _of_the_declarations(answers: Answers) -> Iterator[Finding]:
    """ELIG-14 and ELIG-13."""
    about = "Russian involvement"
    if answers.has_russian_involvement is None:
        yield _unanswered("ELIG-14", about, rules.NOT_RUSSIAN)
    elif answers.has_russian_involvement:
        mend = "The project would have to do without them."
        yield Finding("ELIG-14", about, Standing.DOES_NOT_FIT, rules.NOT_RUSSIAN, mend, True)
    else:
        yield Finding("ELIG-14", about, Standing.FITS, "None.")
    about = "Use of the results"
    if answers.is_exploited_from_uk is None:
        yield _unanswered("ELIG-13", about, "Results are exploited from or in the UK.")
    elif answers.is_exploited_from_uk:
        yield Finding("ELIG-13", about, Standing.FITS, "They are exploited from or in the UK.")
    else:
        yield Finding("ELIG-13", about, Standing.WE_DECIDE, rules.FROM_UK)


def _unanswered(rule: str, about: str, says: str) -> Finding:
    return Finding(rule, about, Standing.NOT_ANSWERED, says)


def _judged(rule: str, about: str, fits: str, broken: list[Breach], waiver_by: date | None) -> Finding:
    if not broken:
        return Finding(rule, about, Standing.FITS, fits)
    mend = "Change it before you submit."
    is_waivable = broken[0].is_waivable and waiver_by is not None
    if broken[0].is_waivable:
        mend = (
            f"Change it, or start and ask us for a waiver by {local_day(waiver_by)}."
            if waiver_by
            else "Change it before you submit. It is too late to ask us for a waiver."
        )
    return Finding(
        broken[0].rule, about, Standing.DOES_NOT_FIT, broken[0].message, mend, is_waivable=is_waivable
    )
