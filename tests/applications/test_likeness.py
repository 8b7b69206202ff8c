"""Two spellings of one name, address or domain are known to be one."""

import pytest

from applications.assessment import likeness


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mersey Machines Ltd", "MERSEY MACHINES LIMITED"),
        ("Mersey Machines Ltd.", "The Mersey Machines"),
        ("Tees Power plc", "Tees Power P.L.C."),
        ("Tees Power Public Limited Company", "Tees Power PLC"),
        ("Brown & Sons LLP", "Brown and Sons Limited Liability Partnership"),
        ("Smith's Castings", "Smiths Castings"),
        ("Café Châtelet Ltd", "Cafe Chatelet"),
        ("ＭＥＲＳＥＹ  Machines", "Mersey machines"),
    ],
)
def test_names_are_one(one, other):
    assert likeness.name(one) == likeness.name(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Mersey Machines", "Mersey Motors"), ("Tees", "Tees North")])
def test_names_are_two(one, other):
    assert likeness.name(one) != likeness.name(other)


def test_a_name_that_is_a_legal_form_stays():
    assert likeness.name("Limited") == "limited"


@pytest.mark.parametrize(
    ("line", "postcode"),
    [
        ("1 Dock Road, Liverpool", "L3 4AA"),
        ("1 Dock Rd.\nLiverpool", "l34aa"),
        ("1, DOCK ROAD, Bootle", "L3  4AA"),
    ],
)
def test_addresses_are_one(line, postcode):
    assert likeness.address(line, postcode) == "1 dock road L34AA"


@pytest.mark.parametrize(("line", "postcode"), [("", "L3 4AA"), ("1 Dock Road", ""), (" , ", "L3 4AA")])
def test_half_an_address_is_none(line, postcode):
    assert likeness.address(line, postcode) == ""


@pytest.mark.parametrize("text", ["jo+tag@Firm.co.uk", "JO@www.firm.co.uk", "https://www.firm.co.uk/about"])
def test_domains_are_one(text):
    assert likeness.domain(text) == "firm.co.uk"


@pytest.mark.parametrize("text", ["jo@gmail.com", "jo@Googlemail.com", "jo@example.com", "jo", "", "jo@"])
def test_a_domain_that_everybody_has_says_nothing(text):
    assert likeness.domain(text) == ""
