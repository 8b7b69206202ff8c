"""What the office decides of each application after the close: the rules that block nobody, and the scope."""

from django.db.models import TextChoices

#: The strand that is asked for the place and the effect of its work; the others for their activity.
CLUSTER = "cluster management"


class Check(TextChoices):
    """A rule of the programme's list that staff decide, or the scope.

    PARTIES is decided only where an organisation left: the rules on sums and partners, tried again.
    """

    COSTS = "ELIG-09", "Only eligible costs are included"
    ACTIVITY = "ELIG-11", "The business is active in the cluster, or is growing its activities there"
    PLACE = "ELIG-12", "All work is in the UK, with its impact in the cluster"
    RESUBMISSION = "ELIG-18", "The proposal has not been re-submitted before"
    EARLIER_TERMS = "ELIG-19", "Earlier projects kept the terms of their awards"
    FUNDED_ALREADY = "ELIG-22", "The same project is not funded already"
    ANSWERS = "ELIG-23", "The answers are of sufficient quality and length"
    PARTIES = "PARTIES", "Without who left, the project keeps the rules on its size and its partners"
    SCOPE = "SCOPE", "The project is in the competition's scope"


class Outcome(TextChoices):
    MEETS = "meets", "Meets the rule"
    FAILS = "does not meet", "Does not meet the rule"
    IN_SCOPE = "in scope", "In scope"
    BORDERLINE = "borderline", "Borderline: it goes to assessment"
    OUT_OF_SCOPE = "out of scope", "Out of scope"


OF_A_RULE = (Outcome.MEETS, Outcome.FAILS)
OF_THE_SCOPE = (Outcome.IN_SCOPE, Outcome.BORDERLINE, Outcome.OUT_OF_SCOPE)

#: An application with one of these is not assessed.
AGAINST = (Outcome.FAILS, Outcome.OUT_OF_SCOPE)

#: As many checks as each strand has; ``of_strand`` says which. PARTIES comes on top.
EACH = 7

#: What the applicant is told of a check that went against the application.
MESSAGES = {
    Check.COSTS: "Your costs include some that this grant cannot pay for.",
    Check.ACTIVITY: "Your business must be active in the cluster, or be growing its activities there.",
    Check.PLACE: "All project work must be in the UK, and its impact in the cluster.",
    Check.RESUBMISSION: "This proposal has already been re-submitted.",
    Check.EARLIER_TERMS: "An earlier project of yours did not keep the terms of its award.",
    Check.FUNDED_ALREADY: "This project already has funding.",
    Check.ANSWERS: "Your answers do not say enough to be assessed.",
    Check.PARTIES: "Without the organisation that left, your project does not keep the competition's rules.",
    Check.SCOPE: "Your project is outside the scope of the competition.",
}


def of_strand(strand: str, *, has_left: bool = False) -> tuple[Check, ...]:
    """The checks that apply to a competition of this strand, in the order of their numbers.

    has_left  with the one of an application that an organisation left
    """
    left_out = {Check.ACTIVITY if strand == CLUSTER else Check.PLACE}
    if not has_left:
        left_out.add(Check.PARTIES)
    return tuple(check for check in Check if check not in left_out)


def outcomes(check: str) -> tuple[Outcome, ...]:
    """What can be decided of it."""
    return OF_THE_SCOPE if check == Check.SCOPE else OF_A_RULE
