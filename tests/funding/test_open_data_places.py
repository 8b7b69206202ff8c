"""Where a grant is, in the words of the standard: every area that a competition can name has its ONS code."""

import json

import pytest
from django.conf import settings

from applications.models import Area
from tests.make import open_data

pytestmark = pytest.mark.django_db

#: From the ONS's register of geographic codes, with the kind that 360Giving's codelist has for each.
REGISTER = {
    "E06000001": ("Hartlepool", "UA"),
    "E06000002": ("Middlesbrough", "UA"),
    "E06000003": ("Redcar and Cleveland", "UA"),
    "E06000004": ("Stockton-on-Tees", "UA"),
    "E06000005": ("Darlington", "UA"),
    "E06000006": ("Halton", "UA"),
    "E06000007": ("Warrington", "UA"),
    "E06000050": ("Cheshire West and Chester", "UA"),
    "E07000118": ("Chorley", "NMD"),
    "E07000126": ("South Ribble", "NMD"),
    "E07000127": ("West Lancashire", "NMD"),
    "E08000011": ("Knowsley", "MD"),
    "E08000012": ("Liverpool", "MD"),
    "E08000013": ("St Helens", "MD"),
    "E08000014": ("Sefton", "MD"),
    "E08000015": ("Wirral", "MD"),
    "W06000005": ("Flintshire", "UA"),
}
NAMED = [
    area
    for region in json.loads((settings.BASE_DIR / "launchpad/data/regions.json").read_text())["regions"]
    for area in region["areas"]
]


def test_the_areas_of_the_data_are_those_of_the_register():
    assert {one["code"] for one in NAMED} == set(REGISTER)
    for one in NAMED:
        # Two of them stand for a place that is no local authority area, which they name: "… (for Deeside)".
        assert one["name"].partition(" (for ")[0] == REGISTER[one["code"]][0]


@pytest.mark.parametrize("named", NAMED, ids=lambda one: one["name"])
def test_a_grant_in_each_of_them_has_its_code_and_the_kind_of_that(named):
    award = open_data.ready()
    share = award.shares.select_related("participant").get()
    region = award.application.competition.region
    area, _made = Area.objects.update_or_create(
        code=named["code"], defaults={"region": region, "name": named["name"], "is_core": False}
    )
    type(share.participant).objects.filter(pk=share.participant_id).update(work_area=area)

    [grant] = json.loads(open_data.published().contents)["grants"]

    [place] = grant["beneficiaryLocation"]
    kind = REGISTER[named["code"]][1]
    assert (place["name"], place["geoCode"], place["geoCodeType"]) == (named["name"], named["code"], kind)
