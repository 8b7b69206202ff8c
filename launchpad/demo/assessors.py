"""What the demonstration's assessors say of themselves, the agreement they accept and what they declare."""

from datetime import datetime, timedelta

from accounts.models import User
from applications.assessment import declarations, profiles
from applications.models import AssessorKind, Skill

#: Skills by the area of innovation they belong to.
SKILLS = {
    "Advanced manufacturing": ("Robotics and automation", "Materials and coatings", "Process engineering"),
    "Net zero": ("Hydrogen", "Carbon capture", "Offshore wind"),
    "Business": ("Routes to market", "Project finance"),
}
AGREEMENT = (
    "I mark each application on my own, by what is written in it and by the guidance.\n\n"
    "I tell nobody what I read in an application, and keep no copy when my work is done.\n\n"
    "I say at once when I, or somebody of my close family, have an interest in an application, and do not "
    "assess it."
)
#: By the person's place: employer, role, number and the numbers of their skills.
FACTS = (
    ("University of the Dee", "Professor of manufacturing", "", (0, 1, 2, 6)),
    ("Teesmouth Energy Advisers Ltd", "Director", "09990001", (3, 4, 5, 7)),
    ("Innovation office", "Innovation adviser", "", (1, 3, 6, 7)),
)
#: Declared so long ago, and every year since: the rounds of the past were given out meanwhile.
YEARS = 5


def make(people: list[User], *, by: User, at: datetime) -> None:
    """Let the assessors be ready for all the rounds of the demonstration."""
    began = at - timedelta(days=365 * YEARS)
    skills = [
        Skill.objects.get_or_create(name=name, defaults={"area": area})[0]
        for area, names in SKILLS.items()
        for name in names
    ]
    agreement = declarations.publish(AGREEMENT, by=by, at=began)
    for person, (employer, title, number, known) in zip(people, FACTS, strict=True):
        facts = {
            "kind": AssessorKind.INTERNAL if employer == "Innovation office" else AssessorKind.EXTERNAL,
            "employer": employer,
            "job_title": title,
            "employer_number": number,
            "capacity": 40,
        }
        profiles.save(facts, [skills[place].pk for place in known], by=person, at=began)
        declarations.accept(agreement.number, is_confirmed=True, by=person, at=began)
        for year in range(YEARS + 1):
            declarations.declare(is_confirmed=True, by=person, at=began + timedelta(days=365 * year))
