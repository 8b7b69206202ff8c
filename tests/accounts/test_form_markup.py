"""Our form parts beside GOV.UK Frontend's own: the same elements, classes and behaviours, in order."""

import json
import re
from html.parser import HTMLParser

import pytest
from django import forms
from django.conf import settings

from accounts.forms.fields import DayField
from accounts.forms.widgets import CountedText, HintedRadios

COMPONENTS = settings.BASE_DIR / "node_modules" / "govuk-frontend" / "dist" / "govuk" / "components"

#: Classes that say how large or wide something is, which is for each page to choose.
SIZES = re.compile(r".*--(s|m|l|xl|width-\d+)$")

CHOICES = [("first", "First"), ("second", "Second")]


class Skeleton(HTMLParser):
    """The elements of a piece of HTML: each with its depth, name, classes and the script it asks for."""

    def __init__(self, html: str):
        super().__init__()
        self.depth, self.elements = 0, []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        classes = sorted(name for name in (found.get("class") or "").split() if not SIZES.match(name))
        self.elements.append((self.depth, tag, tuple(classes), found.get("data-module"), found.get("type")))
        if tag not in ("input", "br"):
            self.depth += 1

    def handle_endtag(self, tag):
        if tag not in ("input", "br"):
            self.depth -= 1


class Sample(forms.Form):
    plain = forms.CharField(help_text="A hint")
    text = forms.CharField(widget=forms.Textarea, help_text="A hint")
    counted = forms.CharField(widget=CountedText(max_words=150), help_text="A hint")
    radios = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect, help_text="A hint")
    hinted = forms.ChoiceField(choices=CHOICES, widget=HintedRadios(hints={"first": "One", "second": "Two"}))
    boxes = forms.MultipleChoiceField(
        choices=CHOICES, widget=forms.CheckboxSelectMultiple, help_text="A hint"
    )
    chosen = forms.ChoiceField(choices=CHOICES, help_text="A hint")
    password = forms.CharField(widget=forms.PasswordInput, help_text="A hint")
    day = DayField(help_text="A hint")


def theirs(component: str, fixture: str) -> list:
    if not COMPONENTS.exists():
        pytest.skip("GOV.UK Frontend is not installed: python -m launchpad.styles")
    fixtures = json.loads((COMPONENTS / component / "fixtures.json").read_text())["fixtures"]
    (html,) = [one["html"] for one in fixtures if one["name"] == fixture]
    return Skeleton(html).elements


@pytest.mark.parametrize(
    ("field", "component", "fixture"),
    [
        ("plain", "input", "with error and hint"),
        ("text", "textarea", "with hint and error message"),
        ("counted", "character-count", "with hint and error"),
        ("chosen", "select", "with hint text and error message"),
        ("password", "password-input", "with error message"),
        ("day", "date-input", "with error message and hint"),
    ],
)
def test_refused_field_has_the_elements_of_its_component(field, component, fixture):
    form = Sample({})

    ours = Skeleton(form[field].as_field_group()).elements

    wanted = [element for element in theirs(component, fixture) if element[1] != "option"]
    assert [element for element in ours if element[1] != "option"] == wanted


@pytest.mark.parametrize(
    ("field", "item"), [("radios", "govuk-radios"), ("hinted", "govuk-radios"), ("boxes", "govuk-checkboxes")]
)
def test_choices_have_the_elements_of_their_component(field, item):
    fixture = "with hints on items" if field == "hinted" else "with hint"
    ours = Skeleton(Sample()[field].as_field_group()).elements

    wanted = theirs(item.removeprefix("govuk-"), fixture)

    # How many choices there are is the sample's business, and so is a heading; each must be made alike.
    assert set(ours) == {element for element in wanted if element[1] != "h1"}


def test_what_was_typed_comes_back_in_every_control():
    typed = {
        "plain": "a & b", "text": "<b>", "counted": "one two", "radios": "second", "boxes": ["first"],
        "chosen": "second", "day_day": "31", "day_month": "Feb", "day_year": "2027",
    }  # fmt: skip

    html = str(Sample(typed))

    assert 'value="a &amp; b"' in html
    assert "&lt;b&gt;" in html
    assert 'value="second" checked' in html
    assert 'value="first" checked' in html
    assert '<option value="second" selected>' in html
    assert all(f'value="{part}"' in html for part in ("31", "Feb", "2027"))


def test_password_is_never_printed_back():
    assert "hunter" not in str(Sample({"password": "hunter and gatherer"}))


def test_text_is_never_cut_short_by_the_browser():
    class Short(forms.Form):
        name = forms.CharField(max_length=5)

    html = str(Short())

    assert "maxlength" not in html
    assert " required" not in html


@pytest.mark.parametrize("name", ["pages", "office"])
def test_built_sheet_carries_nothing_that_is_the_governments(name):
    sheet = settings.BASE_DIR / "launchpad" / "static" / "build" / f"{name}.css"
    if not sheet.exists():
        pytest.skip("the styles are not built: python -m launchpad.styles")

    text = sheet.read_text()

    assert not re.search(r"GDS Transport|crest|crown|@font-face", text, re.IGNORECASE)


def test_every_class_of_the_design_system_that_templates_use_exists():
    if not COMPONENTS.exists():
        pytest.skip("GOV.UK Frontend is not installed: python -m launchpad.styles")
    package = [*COMPONENTS.rglob("fixtures.json"), *COMPONENTS.parent.rglob("*.scss")]
    known = {name for file in package for name in re.findall(r"govuk-[a-z0-9_-]*[a-z0-9]", file.read_text())}
    sheet = (settings.BASE_DIR / "launchpad" / "static" / "build" / "pages.css").read_text()
    known |= set(re.findall(r"\.(govuk-[a-z0-9_-]+)", sheet))
    pages = [page for page in (settings.BASE_DIR / "templates").rglob("*.html") if "email" not in page.parts]

    used = {
        name
        for page in pages
        for classes in re.findall(r'class="([^"]*)"', page.read_text())
        for name in re.findall(r"govuk-[a-z0-9_-]*[a-z0-9](?![-{a-z0-9_])", classes)
    }

    assert used - known == set()


class Asked(forms.Form):
    again = forms.ChoiceField(
        label="Again?",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=HintedRadios(reveals={"yes": ("number",)}),
    )
    number = forms.CharField(label="Its number")


def test_a_field_that_matters_for_one_answer_stands_once_and_under_it():
    page = str(Asked())

    assert page.count('name="number"') == 1
    assert page.index('value="yes"') < page.index('name="number"') < page.index('value="no"')
    assert 'data-reveals="conditional-id_again_0"' in page
    assert 'govuk-radios__conditional--hidden" id="conditional-id_again_0"' in page


def test_a_field_under_the_answer_that_was_chosen_shows():
    assert "govuk-radios__conditional--hidden" not in str(Asked({"again": "yes"}))
