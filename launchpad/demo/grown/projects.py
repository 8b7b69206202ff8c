"""Invented projects: an object, a way to make it and what is gained, put together by chance."""

from random import Random

from launchpad.demo import files
from launchpad.demo.grown.organisations import Body


def project(region: str, lead: Body, dice: Random) -> dict[str, str]:
    """Return what the sentences of an application say about its project, and its title.

    region  the code of a region, whose theme the project belongs to
    """
    words = files.read("grown_projects")
    thing, method, aim = dice.choice(words[region]), dice.choice(words["methods"]), dice.choice(words["aims"])
    return {
        "title": f"{thing['name'].capitalize()} by {method['by']} {aim['with']}",
        "thing": f"{thing['name']} made by {method['by']}",
        "company": lead.name,
        "place": lead.place,
        "need": thing["need"],
        "users": thing["users"],
        "novelty": method["novelty"],
        "risk": method["risk"],
        "gain": aim["gain"],
        "impact": aim["impact"],
    }
