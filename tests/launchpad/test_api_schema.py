"""The API held to its own description: requests generated from it, and each answer it names.

The real WSGI application answers, middleware and all.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from accounts import clock, tokens
from accounts.roles import Role
from applications.models import Application
from funding import deciding
from funding.models import ProgrammeReport
from funding.reports import programme
from launchpad.wsgi import application
from tests.make import applications, budgets, offers, people, register
from tests.make.times import NOON

pytestmark = pytest.mark.slow

#: The descriptions say from when to when; a schema has no words for it.
MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC))
schemathesis.openapi.format("date-time", MOMENTS.map(datetime.isoformat))

_keys = count(1)


def generated(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def bearer(person) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.issue(person, 'test', at=NOON)}"}


@pytest.fixture
def operations(committed_database) -> dict:
    """What the schema describes, by method and address."""
    schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)
    return {operation.label: operation for operation in (found.ok() for found in schema.get_all_operations())}


@pytest.fixture
def award(committed_database):
    made = budgets.award()
    Application.objects.filter(pk=made.application_id).update(released_at=NOON)
    return made


#: Of those whose body names a row a generated one names none, which the schema cannot say.
NAMES_ROWS = {"POST /api/v1/reports/"}


def hold(operation, mode: GenerationMode, headers: dict, *, examples: int) -> None:
    excluded = [positive_data_acceptance] if operation.label in NAMES_ROWS else []

    @generated(examples)
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers_as_described(case):
        case.call_and_validate(headers=headers, excluded_checks=excluded)

    answers_as_described()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_with_a_token_generated_requests_are_answered_as_described(operations, award, mode):
    headers = bearer(people.user(*Role))

    assert len(operations) >= 15
    for operation in operations.values():
        hold(operation, mode, headers, examples=10)


def test_without_a_token_generated_requests_are_answered_as_described(operations, award):
    for operation in operations.values():
        hold(operation, GenerationMode.POSITIVE, {}, examples=3)


LISTS = (
    "competitions",
    "applications",
    "awards",
    "offers",
    "budgets",
    "allocations",
    "reports",
    "information-requests",
)


def test_every_answer_that_is_described_is_given(operations, award):
    described = {
        (label, int(status))
        for label, operation in operations.items()
        for status in operation.responses.status_codes
    }

    given_answers = set()
    for label, status, request in every_answer(award):
        operation = operations[label]
        answer = operation.Case(**request).call_and_validate()
        assert (label, answer.status_code) == (label, status), answer.text
        given_answers.add((label, status))

    # Only while its first request runs, which no rule of the programme refuses.
    assert described - given_answers == {("POST /api/v1/reports/", 409)}


def every_answer(award) -> Iterator[tuple[str, int, dict]]:
    """Requests in an order in which each gets the answer beside it."""
    everybody = bearer(people.user(*Role))
    wrong = {"Authorization": "Bearer launchpad_wrong"}
    nobody_there = {"id": "999999", "code": "NOBODY", "reference": "LP-0"}
    there = {
        "competitions": {"code": award.application.competition.code},
        "applications": {"reference": award.application.reference},
        "awards": {"id": str(award.pk)},
        "offers": {"id": str(offers.current_offer().pk)},
        "budgets": {"code": award.budgets.pot.code},
        "allocations": {"id": str(proposal().pk)},
        "reports": {"id": str(report().pk)},
        "information-requests": {"id": str(register.answered().pk)},
    }
    for name in LISTS:
        several, one = f"GET /api/v1/{name}/", f"GET /api/v1/{name}/{{{next(iter(there[name]))}}}/"
        found, missing = there[name], {key: nobody_there[key] for key in there[name]}
        yield several, 200, {"headers": everybody}
        yield several, 400, {"headers": everybody, "query": {"colour": "red"}}
        yield several, 401, {"headers": wrong}
        yield several, 404, {"headers": everybody, "query": {"page": 99}}
        yield one, 200, {"headers": everybody, "path_parameters": found}
        yield one, 400, {"headers": everybody, "path_parameters": found, "query": {"colour": "red"}}
        yield one, 401, {"headers": wrong, "path_parameters": found}
        yield one, 404, {"headers": everybody, "path_parameters": missing}
    yield "GET /api/v1/me/", 200, {"headers": everybody}
    yield "GET /api/v1/me/", 400, {"headers": everybody, "query": {"colour": "red"}}
    yield "GET /api/v1/me/", 401, {"headers": wrong}
    yield from every_new_report(everybody, wrong)
    yield from every_action(everybody, wrong)


def every_action(everybody: dict, wrong: dict) -> Iterator[tuple[str, int, dict]]:
    draft = applications.complete_draft(applications.open_now(), at=clock.now())
    refused, approved, lined, told = (proposal() for _ in range(4))
    budgets.released(deciding.approve(told, by=budgets.approver(), at=clock.now()), at=clock.now())
    of_line = {"id": str(lined.pk), "line": str(lined.lines.get().pk)}
    of_told = {"id": str(told.pk), "line": str(told.lines.get().pk)}
    accepted, declined, withdrawn = (offers.current_offer() for _ in range(3))
    signed = {"name": "Asha Rao", "role": "Managing director"}
    actions = [
        (
            "applications/{reference}/submit",
            {"reference": draft.reference},
            bearer(draft.started_by),
            {"is_true": True},
        ),
        (
            "allocations/{id}/refuse",
            {"id": str(refused.pk)},
            everybody,
            {"reason": "The scores look mistaken."},
        ),
        ("allocations/{id}/approve", {"id": str(approved.pk)}, everybody, None),
        ("allocations/{id}/release", {"id": str(approved.pk)}, everybody, None),
        ("allocations/{id}/recall", {"id": str(approved.pk)}, everybody, {"reason": "A figure is wrong."}),
        ("allocations/{id}/lines/{line}/decide", of_line, everybody, {"verdict": "fund"}),
        ("allocations/{id}/conclude", {"id": str(lined.pk)}, everybody, None),
        ("allocations/{id}/lines/{line}/take-back", of_line, everybody, {"reason": "By mistake."}),
        ("reports/{id}/cancel", {"id": str(report().pk)}, everybody, None),
        ("awards/{id}/offer", {"id": str(offers.award().pk)}, everybody, {"days": 30}),
        ("offers/{id}/accept", {"id": str(accepted.pk)}, bearer(offers.signer(accepted)), signed),
        ("offers/{id}/decline", {"id": str(declined.pk)}, bearer(offers.signer(declined)), signed),
        ("offers/{id}/withdraw", {"id": str(withdrawn.pk)}, everybody, {"reason": "A mistake."}),
    ]
    for address, path, who, body in actions:
        label, missing = f"POST /api/v1/{address}/", {key: "0" for key in path}

        def sent(headers=who, key=None, body=body, path=path, **more) -> dict:
            headers = {**headers, "Idempotency-Key": key or f"key-{next(_keys)}"}
            media = {} if body is None else {"body": body, "media_type": "application/json"}
            return {"headers": headers, "path_parameters": path, **media, **more}

        yield label, 400, {**sent(), "headers": who}
        yield label, 401, sent(headers=wrong)
        yield label, 403, sent(headers=bearer(people.user(Role.AUDITOR)))
        yield label, 404, sent(path=missing)
        yield (
            label,
            415,
            sent(headers={**who, "Content-Type": "text/plain"}, body="x", media_type="text/plain"),
        )
        yield label, 200, sent(key="once")
        yield label, 200, sent(key="once")
        yield label, 422, sent(key="once", body={"another": "request"}, media_type="application/json")
        # What was taken back can be decided anew; what was told cannot be taken back.
        yield label, 409, sent(path=of_told) if address.endswith("take-back") else sent()


def every_new_report(everybody: dict, wrong: dict) -> Iterator[tuple[str, int, dict]]:
    label = "POST /api/v1/reports/"

    def sent(headers=everybody, key=None, **more) -> dict:
        headers = {**headers, "Idempotency-Key": key or f"key-{next(_keys)}"}
        return {"headers": headers, "body": {}, "media_type": "application/json", **more}

    yield label, 400, {**sent(), "headers": everybody}
    yield label, 401, sent(headers=wrong)
    yield label, 403, sent(headers=bearer(people.user(Role.ASSESSOR)))
    text = {"headers": {**everybody, "Idempotency-Key": "text", "Content-Type": "text/plain"}}
    yield label, 415, {**text, "body": "x", "media_type": "text/plain"}
    yield label, 200, sent(key="once-more")
    yield label, 422, sent(body={"region": "NOWHERE"})


def report() -> ProgrammeReport:
    return programme.request(None, by=budgets.fund_manager(), at=clock.now())


def proposal():
    competition = budgets.funded_competition()
    budgets.assessed(competition)
    return budgets.proposed(competition)
