"""Businesses and other bodies."""

from itertools import count

from accounts.models import Kind, Organisation, Size
from tests.make.times import NOON

_numbers = count(10_000_000)


def organisation(**fields) -> Organisation:
    number = next(_numbers)
    return Organisation.objects.create(
        **{
            "name": f"Mersey Machines {number} Ltd",
            "company_number": str(number),
            "kind": Kind.BUSINESS,
            "size": Size.SMALL,
            "address": "1 Dock Road, Liverpool",
            "postcode": "L3 4AA",
            "details_confirmed_on": NOON.date(),
            **fields,
        }
    )
