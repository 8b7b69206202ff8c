"""Every answer, whoever asks: nothing inline, and the headers that make a browser hold us to it."""

import pytest
from django.db import OperationalError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from accounts.roles import Role
from applications.models import Application, Assessment
from launchpad import errors, urls
from launchpad.access import ROUTES
from tests import headers
from tests.make import office, people
from tests.test_access import ALL, values, world  # noqa: F401 - its rows

pytestmark = pytest.mark.django_db

#: Kinds of pages that have to be among those looked at, by their templates; a walk that sees only
#: refusals would find nothing.
MET_BY = {
    None: {
        "account/login.html",
        "account/signup.html",
        "api_docs.html",
        "applications/competition_page.html",
        "funding/facts.html",
    },
    Role.MANAGER: {
        "admin/index.html",
        "admin/change_list.html",
        "admin/change_form.html",
        "admin/object_history.html",
        "admin/app_index.html",
        "admin/widgets/date.html",
        "admin/funding/allocation/panel_sheet.html",
        "403.html",
    },
    Role.APPLICANT: {"404.html", "405.html", "accounts/organisation_form.html"},
    "assessor of the row": {"admin/applications/assessment/score.html"},
    "owner of the draft": {
        "applications/task_list.html",
        "applications/answer_form.html",
        "applications/cost_lines.html",
        "applications/check.html",
    },
    "owner of what was submitted": {"applications/application_whole.html"},
}
#: Who meets pages of their own, beside those of their role.
OWN_ROWS = {
    "owner of the draft": Role.APPLICANT,
    "owner of what was submitted": Role.APPLICANT,
    "assessor of the row": Role.ASSESSOR,
}
VISITORS = [None, *sorted(Role), *OWN_ROWS]


def visitor(name, world) -> Client:  # noqa: F811
    if name == "owner of the draft":
        return office.sign_in(Application.objects.get(reference=world["reference"]).started_by)
    if name == "owner of what was submitted":
        world["reference"] = world["submitted"]
        return office.sign_in(Application.objects.get(reference=world["reference"]).submitted_by)
    if name == "assessor of the row":
        return office.sign_in(Assessment.objects.latest("pk").assessor)
    return Client() if name is None else office.sign_in(people.user(name))


def look(client, method, address, sent=None):
    """Ask, undo what that did; return the faults of the answer and the templates it was made with."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        answer = getattr(client, method)(address, sent or {})
        transaction.set_rollback(True)
    client.cookies = cookies
    faults = [f"{method.upper()} {address}: {fault}" for fault in headers.faults(answer)]
    return faults, {template.name for template in answer.templates}


def visits(route, role) -> list[tuple[str, dict]]:
    """How a role asks a route: forms and pop-ups are looked at with one of the roles that have them."""
    declared = ROUTES[route.key]
    if role is not None and not declared.is_public and role not in declared.roles:
        return []
    asked = [("get", {})]
    if role is None or role == min(declared.roles, default=None):
        asked.append(("post", {}))
        if route.key.startswith("admin:"):
            asked.append(("get", {"_popup": "1", "q": "x"}))
    return asked


@pytest.mark.parametrize("name", VISITORS)
def test_every_route_answers_with_nothing_inline_and_every_header(world, name):  # noqa: F811
    client, role = visitor(name, world), OWN_ROWS.get(name, name)
    found, met = [], set()

    for route in ALL:
        for method, sent in visits(route, role):
            faults, templates = look(client, method, route.address(values(route, world)), sent)
            found += faults
            met |= templates

    assert found == []
    assert MET_BY.get(name, set()) - met == set()


# What goes wrong, and files.


def bare(request, status):
    return HttpResponse(status=status)


def breaks(request):
    raise RuntimeError


def times_out(request):
    raise OperationalError


urlpatterns = [
    path("bare/<int:status>/", bare),
    path("breaks/", breaks),
    path("times-out/", times_out),
    path("api/breaks/", breaks),
    path("too-many/", errors.too_many),
    *urls.urlpatterns,
]
handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status"),
    [
        *((f"/bare/{status}/", status) for status in sorted(errors.WITH_PAGE)),
        ("/breaks/", 500),
        ("/times-out/", 503),
        ("/too-many/", 429),
        ("/api/breaks/", 500),
        ("/nowhere/", 404),
        ("/api/nowhere/", 404),
        ("/admin/nowhere/", 302),
        ("/cookies/?a=%00", 400),
    ],
)
def test_an_answer_that_something_went_wrong_is_no_exception(address, status):
    answer = Client(raise_request_exception=False).get(address)

    assert answer.status_code == status
    assert list(headers.faults(answer)) == []


def test_a_form_without_its_token_a_body_too_large_and_a_wrong_host_are_none_either():
    client = Client(enforce_csrf_checks=True)

    answers = [
        client.post("/account/login/"),
        client.generic("POST", "/account/login/", b"x" * 3_000_000, content_type="text/plain"),
        client.get("/cookies/", headers={"host": "elsewhere.example"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 413, 400]
    assert [list(headers.faults(answer)) for answer in answers] == [[], [], []]


def test_a_file_has_the_same_headers(settings, tmp_path):
    (tmp_path / "drawing.svg").write_text("<svg/>")
    settings.STATIC_ROOT = tmp_path

    answer = Client().get("/static/drawing.svg")

    assert answer.status_code == 200
    assert list(headers.faults(answer)) == []


# The look itself, shown what it has to see.


@pytest.mark.parametrize(
    "html",
    [
        "<script>go()</script>",
        '<script type="module">go()</script>',
        '<script src="//elsewhere.example/a.js"></script>',
        '<script src="https://elsewhere.example/a.js"></script>',
        "<style>p {}</style>",
        '<p style="color: red">',
        '<body onload="go()">',
        '<a href=" JavaScript:go()">',
        '<img src="data:image/png;base64,AA">',
        '<link rel="stylesheet" href="https://elsewhere.example/a.css">',
        '<form action="https://elsewhere.example/">',
        '<base href="/">',
        '<iframe src="/"></iframe>',
    ],
)
def test_what_a_policy_would_stop_is_seen(html):
    assert len(headers.inline(html)) == 1


def test_what_comes_from_us_is_not():
    page = """
        <script src="/static/a.js"></script> <script src="a.js?x=1:2"></script>
        <script type="application/json">{"a": 1}</script> <img src="/a.svg"> <form action="?a=b"></form>
        <a href="https://elsewhere.example/">on the web</a> <a href="mailto:a@example.com">by mail</a>
    """
    assert headers.inline(page) == []


def test_a_header_that_is_weaker_is_seen():
    answer = HttpResponse(
        "", headers={name: "; ".join(sorted(parts)) for name, parts in headers.EXPECTED.items()}
    )
    assert list(headers.faults(answer)) == []

    answer["Content-Security-Policy"] += "; script-src 'unsafe-inline'"
    del answer["X-Frame-Options"]

    assert len(list(headers.faults(answer))) == 2
