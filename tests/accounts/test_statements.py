import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/contact/", "/accessibility/", "/privacy/", "/cookies/"])
def test_statement_can_be_read_by_anybody(client, address):
    page = client.get(address)

    assert page.status_code == 200
    assert page["Content-Security-Policy"].count("unsafe") == 0


def test_unknown_address_is_a_plain_page(client):
    page = client.get("/nowhere/")

    assert page.status_code == 404
    assert "Page not found" in page.text


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("mailto:help@launchpad.example", "help@launchpad.example"),
        ("https://launchpad.example/help", "launchpad.example/help"),
    ],
)
def test_contact_leads_to_whom_the_installation_names(client, settings, contact, shown):
    settings.CONTACT = contact

    assert f'<a class="govuk-link" href="{contact}">{shown}</a>' in client.get("/contact/").text


def test_every_page_leads_to_contact_and_the_statements(client):
    foot = client.get("/").text.split("<footer")[1]

    assert [
        address
        for address in ("/contact/", "/accessibility/", "/privacy/", "/cookies/")
        if f'"{address}"' not in foot
    ] == []
