"""The office: who is let in, and that its pages work under the content security policy."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts import role_groups
from accounts.office import Office
from accounts.roles import OFFICE, Role
from tests.make import people

pytestmark = pytest.mark.django_db

INLINE = re.compile(r"<script(?![^>]* src=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=|javascript:")


@pytest.mark.parametrize("role", sorted(OFFICE))
def test_every_office_role_is_let_in(client, role):
    role_groups.sync()
    client.force_login(people.user(role))

    page = client.get("/admin/")

    assert page.status_code == 200
    assert role.value in page.text


def test_applicant_is_refused_and_not_asked_to_sign_in_again(client):
    client.force_login(people.user(Role.APPLICANT))

    page = client.get("/admin/", follow=True)

    assert page.status_code == 403
    assert "You do not have access to this page" in page.text


def test_stranger_signs_in_where_everybody_does(client):
    page = client.get("/admin/auth/", follow=True)

    assert page.redirect_chain[-1][0] == "/account/login/?next=/admin/auth/"


def test_office_does_not_send_people_elsewhere_after_signing_in(client):
    client.force_login(people.manager())

    page = client.get("/admin/login/?next=https://example.org/")

    assert page["Location"] == "/admin/"


def test_closed_account_is_not_let_in(client):
    manager = people.manager()
    client.force_login(manager)
    manager.is_active = False
    manager.save()

    page = client.get("/admin/")

    assert page.status_code == 302


def test_site_is_ours():
    assert isinstance(admin.site, Office) or type(admin.site._wrapped) is Office


def test_no_list_in_the_office_has_inline_style_or_script(client):
    role_groups.sync()
    client.force_login(people.user(*OFFICE))
    lists = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    ]

    pages = {address: client.get(address) for address in ["/admin/", *lists]}

    assert {page.status_code for page in pages.values()} == {200}
    assert {address for address, page in pages.items() if INLINE.search(page.text)} == set()
