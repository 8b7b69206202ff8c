"""The addresses under /api/: version 1, its schema and a page that explains it."""

from django.urls import include, path, re_path
from rest_framework.permissions import AllowAny
from rest_framework.routers import APIRootView, DefaultRouter

from accounts.api.errors import NoSuchAddress
from accounts.api.views import Me
from applications.api.views import ApplicationViewSet, CompetitionViewSet
from funding.api.allocations import AllocationViewSet
from funding.api.offers import OfferViewSet
from funding.api.register import InformationRequestViewSet
from funding.api.reports import ReportViewSet
from funding.api.views import AwardViewSet, BudgetViewSet
from launchpad.api_docs import Schema, docs, guide


class Root(APIRootView):
    """The lists this API has."""

    permission_classes = (AllowAny,)


class Router(DefaultRouter):
    APIRootView = Root
    root_view_name = "root"
    include_format_suffixes = False


router = Router()
router.register("competitions", CompetitionViewSet, "competition")
router.register("applications", ApplicationViewSet, "application")
router.register("allocations", AllocationViewSet, "allocation")
router.register("awards", AwardViewSet, "award")
router.register("offers", OfferViewSet, "offer")
router.register("reports", ReportViewSet, "report")
router.register("information-requests", InformationRequestViewSet, "information-request")
router.register("budgets", BudgetViewSet, "budget")

app_name = "api"

urlpatterns = [
    path("v1/me/", Me.as_view(), name="me"),
    path("v1/", include(router.urls)),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
    path("docs/guide/", guide, name="guide"),
    # What lies under the page is a page too, that says it is not there.
    re_path("^(?!docs(?:/|$)).*$", NoSuchAddress.as_view(), name="no-such-address"),
]
