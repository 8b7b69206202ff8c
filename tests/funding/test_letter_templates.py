"""The offer letter's texts: set in versions, looked at first, and never changed under an offer."""

import pytest
from django.db import IntegrityError, InternalError, transaction

from accounts import clock
from accounts.models import AuditEntry
from accounts.roles import Role
from funding import duties
from funding.exports import offer_letters
from funding.models import LetterTemplate, Offer
from funding.offers import letter, letter_templates, making
from tests import offer_presses
from tests.databases import as_owner, disarmed
from tests.make import budgets, competitions, offers, office, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

PAGE = "/admin/funding/lettertemplate/set/"


def texts(**changed: str) -> dict[str, str]:
    now = letter_templates.current()
    return {**{name: getattr(now, name) for name in letter_templates.PARTS}, **changed}


def saved(reason: str = "Who signs.", *, seen: int = 1, by=None, **changed: str) -> LetterTemplate:
    by = by or budgets.fund_manager()
    return letter_templates.save(texts(**changed), reason, seen=seen, by=by, at=NOON)


def test_a_letter_that_was_sent_stays_byte_for_byte_and_the_next_is_made_of_the_new_texts():
    before = offers.offer()
    kept, document = before.letter, offer_letters.pdf(before)

    version = saved(signatory="For the programme: the grants office.")
    after = offers.offer()

    before.refresh_from_db()
    assert (before.letter, before.template_version) == (kept, "2026-1")
    assert offer_letters.pdf(before) == document
    assert after.template_version == version.name == "2026-2"
    assert str(letter.read(after.letter)["parts"][-1]) == "For the programme: the grants office."
    entry = AuditEntry.objects.get(action="set offer letter")
    assert (entry.reason, entry.after["changed"]) == ("Who signs.", ["signatory"])


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        ("opening", "We offer ((grant)).", "((facts)) is missing"),
        ("closing", "Answer at ((address)) by ((last_day)), ((nobody)).", "There is no ((nobody)) here"),
        ("closing", "Answer by ((last_day)).", "((address)) is missing"),
        ("conditions", "## Conditions: ((conditions))", "((conditions)) is a block"),
        ("conditions", "", "Enter the text of “Conditions”."),
        ("signatory", "((Lead", "A placeholder is written in small letters"),
    ],
)
def test_what_a_text_may_name_is_checked_at_its_field(field, text, problem):
    browser = office.sign_in(budgets.fund_manager())
    sent = {**texts(**{field: text}), "reason": "Why.", "seen": "1", "intent": "k"}

    answers = [browser.post(PAGE, {**sent, press: "yes"}) for press in ("see", "use")]

    with pytest.raises(letter_templates.FaultyTexts) as refusal:
        saved(**{field: text})
    assert {named for named, _ in refusal.value.found} == {field}
    assert any(problem in sentence for _, sentence in refusal.value.found)
    assert [one.status_code for one in answers] == [422, 422]
    assert all(f'<a href="#id_{field}">' in one.text for one in answers)
    assert LetterTemplate.objects.count() == 1


def test_it_is_looked_at_before_it_is_used_and_compared_afterwards():
    browser, page, sent = offer_presses.set_letter()
    first = browser.get(page).text
    pdf = browser.post(page, {**{name: value for name, value in sent.items() if name != "use"}, "pdf": "yes"})

    answers = [browser.post(page, sent) for _ in range(2)]

    assert 'name="use"' not in first and pdf.content.startswith(b"%PDF")
    made = LetterTemplate.objects.get(number=2)
    address = f"/admin/funding/lettertemplate/{made.pk}/change/"
    assert {one["Location"] for one in answers} == {address}
    shown = browser.get(address).text
    assert "Signatory: different" in shown and "Opening: the same" in shown and "Mersey Office" in shown
    sample = browser.get(f"/admin/funding/lettertemplate/{made.pk}/sample.pdf")
    assert sample.content.startswith(b"%PDF")


def test_two_who_write_at_once_lose_nothing_they_typed():
    first, second = office.sign_in(budgets.fund_manager()), office.sign_in(budgets.fund_manager())
    sent = {**texts(), "reason": "Why.", "seen": "1", "use": "yes"}
    first.post(PAGE, {**sent, "signatory": "The first", "intent": "a"})

    refused = second.post(PAGE, {**sent, "signatory": "The second", "intent": "b"})
    again = second.post(PAGE, {**sent, "signatory": "The second", "seen": "2", "intent": "c"})

    assert refused.status_code == 409
    assert "The second" in refused.text and 'name="seen" value="2"' in refused.text
    assert again.status_code == 302
    assert list(LetterTemplate.objects.latest_first().values_list("signatory", flat=True)) == [
        "The second", "The first", "",
    ]  # fmt: skip


def test_only_a_fund_manager_of_the_programme_sets_it():
    of_region = people.user(Role.FUNDS, region=competitions.region())

    for person in (of_region, people.user(Role.APPROVER), people.manager()):
        with pytest.raises(duties.RoleMissing):
            saved(by=person, signatory="Mine")
        assert office.sign_in(person).get(PAGE).status_code == 403
    assert office.sign_in(of_region).get("/admin/funding/lettertemplate/").status_code == 200


def test_a_letter_that_was_set_anew_since_it_was_looked_at_is_not_sent():
    award = offers.award()
    saved(signatory="The office")

    with pytest.raises(making.OfferRefused, match="Look at it again"):
        making.make(award, seen="2026-1", by=budgets.fund_manager(), at=clock.now())
    assert making.make(award, seen="2026-2", by=budgets.fund_manager(), at=clock.now()).pk


def test_the_database_keeps_versions_and_takes_no_offer_without_its_own():
    made = offers.offer()
    with pytest.raises(InternalError, match="append-only"), transaction.atomic():
        as_owner("UPDATE funding_lettertemplate SET opening = 'Other words'")
    other = Offer.objects.get(pk=made.pk)
    other.pk, other.template_version = None, "2026-9"
    with pytest.raises(IntegrityError, match="names the version"), transaction.atomic():
        other.save()

    with disarmed("funding_lettertemplate"):
        as_owner("UPDATE funding_lettertemplate SET opening = 'Other words'")
    assert letter_templates.current().opening == "Other words"
