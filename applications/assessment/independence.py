"""Nobody judges, recommends or decides on an application of an organisation that they belong to."""

from collections.abc import Iterable

from accounts.models import Membership, User
from accounts.refusals import Refusal
from applications.models import Participant


class OwnOrganisation(Refusal):
    """``member`` belongs to the organisation of ``part``, which takes part in the application."""

    def __init__(self, member: User, part: Participant, *, by: User):
        self.member = member
        self.part = part
        takes_part = f"{part.organisation}, which takes part in {part.application.reference}"
        if member == by:
            super().__init__(f"You belong to {takes_part}. Somebody else has to do this.")
        else:
            super().__init__(f"{member} belongs to {takes_part}.")

    @property
    def facts(self) -> dict:
        return {"member": self.member.pk, "organisation": self.part.organisation_id}


def check(
    people: Iterable[User], applications, *, by: User, refusal: type[OwnOrganisation] = OwnOrganisation
) -> None:
    """Raise ``refusal`` where one of ``people`` belongs to an organisation in one of ``applications``.

    applications  ids, or a query for them
    by            whom it is said to: somebody who sees those applications
    """
    if found := tie(people, applications):
        raise refusal(*found, by=by)


def tie(people: Iterable[User], applications) -> tuple[User, Participant] | None:
    """The first application that one of ``people`` has a part in: who, and their organisation's part."""
    by_id = {person.pk: person for person in people}
    belongs = Membership.objects.filter(person__in=by_id).order_by("person")
    members = {organisation: person for person, organisation in belongs.values_list("person", "organisation")}
    if not members:
        # So it is with nearly everybody in the office, and approvals are to be quick.
        return None
    part = (
        Participant.objects.filter(application__in=applications, organisation__in=members)
        .select_related("organisation", "application")
        .order_by("application__reference", "-is_lead", "pk")
        .first()
    )
    return (by_id[members[part.organisation_id]], part) if part else None
