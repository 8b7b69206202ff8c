"""Lists and read-only pages of the office write sums, days and moments as the public pages do."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.db import models

from accounts.admin.in_words import in_words
from accounts.admin.records import Record
from accounts.fields import is_pounds
from applications.models import Competition
from tests.make import people


def test_a_sum_and_a_moment_are_written_in_words_and_keep_heading_and_order():
    row = Competition(limit_min=Decimal("25000.00"), closes_at=datetime(2026, 7, 1, 16, 30, tzinfo=UTC))

    code, limit, close = in_words(Competition, ["code", "limit_min", "closes_at"])

    assert (code, limit(row), close(row)) == ("code", "£25,000", "5:30pm on 1 July 2026 (BST)")
    assert label_for_field(close, Competition) == "closes at"
    assert close.admin_order_field == "closes_at"
    assert limit(Competition(limit_min=None)) is None


@pytest.mark.django_db
def test_no_list_of_the_office_leaves_a_sum_or_a_moment_to_django(rf):
    request = rf.get("/")
    request.user = people.user()
    left = [
        (model.__name__, name)
        for model, found in admin.site._registry.items()
        if isinstance(found, Record)
        for name in found.get_list_display(request)
        if isinstance(name, str) and not hasattr(found, name) and is_left_to_django(model, name)
    ]

    assert left == []


def is_left_to_django(model, name: str) -> bool:
    fields = {field.name: field for field in model._meta.get_fields()}
    field = fields.get(name)
    return isinstance(field, models.DateField) or is_pounds(field)
