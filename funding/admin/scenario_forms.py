"""The form of a scenario, for what a person sees of a sheet: empty, as sent, or as it was asked before."""

import json

from django.http import HttpRequest

from applications.models import Competition, Participant
from funding.admin.scenario_requests import scenario_request
from funding.forms.part_awards import Partial
from funding.forms.scenario import ScenarioForm
from funding.forms.scenario_again import typed
from funding.models import Budget
from funding.scenarios import conditions, question, tags
from funding.sheet import Sheet, read


def visible_codes(request: HttpRequest, sheet: Sheet) -> list[str]:
    visible = set(Budget.objects.visible_to(request.user).values_list("code", flat=True))
    return [code for code in drawn_codes(sheet) if code in visible]


def drawn_codes(sheet: Sheet) -> list[str]:
    """Of all budgets that its awards would draw on, whoever may see them."""
    return list(dict.fromkeys(budget.code for drawn in sheet.drawn.values() for budget in drawn))


def form_for(request: HttpRequest, sheet: Sheet, sent=None) -> ScenarioForm:
    names = {budget.code: budget.name for drawn in sheet.drawn.values() for budget in drawn}
    return ScenarioForm(
        sent,
        tags=_tags(sheet),
        references={one.reference: f"{one.reference} {one.title}" for one in sheet.standings},
        budgets={code: names[code] for code in visible_codes(request, sheet)},
        partial=_partial(sheet),
    )


def asked_again(request: HttpRequest, together: list[Competition], pk: int) -> ScenarioForm:
    """The form as it was filled in for a request, to be changed and sent anew."""
    owed, sheet = scenario_request(request, pk), read(together)
    form = form_for(
        request, sheet, typed(owed.name, json.loads(owed.question), visible_codes(request, sheet))
    )
    form.errors.clear()
    return form


def _partial(sheet: Sheet) -> list[Partial]:
    """Those that can be awarded a part: of competitions that allow it, where something is sought."""
    allowed = {one.code for one in sheet.competitions if one.allows_part_awards}
    able = [one for one in sheet.standings if one.competition_code in allowed and one.grant_sought]
    if not able:
        return []
    seeking = question.shares_sought(one.application_id for one in able)
    names = dict(Participant.objects.filter(application__in=seeking).values_list("pk", "name"))
    return [
        Partial(
            one.reference,
            one.title,
            {pk: (names[pk], grant) for pk, grant in seeking[one.application_id].items()},
        )
        for one in able
    ]


def _tags(sheet: Sheet) -> dict[str, str]:
    found = {tag for line in question.tagged(sheet) for tag in line}
    names = conditions.organisations_of(found)
    return {tag: tags.in_words(tag, names) for tag in sorted(found, key=tags.sort_key)}
