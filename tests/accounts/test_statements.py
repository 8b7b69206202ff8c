import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/accessibility/", "/privacy/", "/cookies/"])
def test_statement_can_be_read_by_anybody(client, address):
    page = client.get(address)

    assert page.status_code == 200
    assert page["Content-Security-Policy"].count("unsafe") == 0


def test_unknown_address_is_a_plain_page(client):
    page = client.get("/nowhere/")

    assert page.status_code == 404
    assert "Page not found" in page.text
