"""What was published of awards, for anybody: a page about it, and its files at addresses that stay."""

from typing import NamedTuple

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header, http_date
from django.views import View
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page

from funding.exports import open_data
from funding.models import OpenDataPublication
from funding.open_data import records

#: Seconds that a file may be kept on its way: a publication that is taken back is gone everywhere by then.
KEPT = 300
#: So many of the publications stand on the page, the latest first.
A_PAGE = 50


class FileShown(NamedTuple):
    """``size`` in bytes; None of what was published before sizes were kept."""

    name: str
    what: str
    size: int | None


WHAT = {
    open_data.JSON: "360Giving JSON, version 1.4",
    open_data.CSV: "360Giving CSV, with the column titles of its spreadsheets",
    open_data.DESCRIPTION: "description of the two as a Frictionless Data Package",
}


def publications():
    return OpenDataPublication.objects.select_related("withdrawal")


class Index(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        kept = OpenDataPublication.objects.defer("contents")
        latest, invented = kept.latest_of(False), kept.latest_of(True)
        context = {
            "latest": shown(latest),
            "invented": shown(invented),
            "editions": publications().order_by("-pk").defer("contents")[:A_PAGE],
            "files": list(WHAT.items()),
            "fields": open_data.FIELDS,
            "licence": records.LICENCE,
        }
        return render(request, "funding/open_data.html", context)


def shown(publication: OpenDataPublication | None) -> dict | None:
    """The publication with its files and how many grants are in it; nothing of one that was withdrawn.

    All of it is what was kept when it was published: a visit writes no file and reads none.
    """
    if publication is None:
        return None
    if is_gone(publication):
        return {"publication": publication, "is_gone": True}
    sizes = dict(publication.files.values_list("name", "size"))
    grants = publication.grants.aggregate(all=Count("pk"), withdrawn=Count("pk", filter=Q(is_withdrawn=True)))
    return {
        "publication": publication,
        "files": [FileShown(name, what, sizes.get(name)) for name, what in WHAT.items()],
        "grants": grants["all"],
        "withdrawn": grants["withdrawn"],
    }


def is_gone(publication: OpenDataPublication) -> bool:
    return hasattr(publication, "withdrawal")


@method_decorator([cache_control(public=True, max_age=KEPT), conditional_page], name="dispatch")
class File(View):
    """One file of a publication. 404 where there is none, 410 where it was withdrawn."""

    def answer(self, publication: OpenDataPublication | None, file: str) -> HttpResponse:
        if publication is None or file not in open_data.WRITERS:
            raise Http404("nothing of that name is published")
        if is_gone(publication):
            about = {"publication": publication}
            return render(self.request, "funding/open_data_gone.html", about, status=410)
        name = f"launchpad-{publication.pk}-{file}"
        if publication.of_demonstration:
            name = f"demonstration-{name}"
        headers = {
            "Content-Disposition": content_disposition_header(False, name),
            "Last-Modified": http_date(publication.as_of.timestamp()),
            # Anybody's page may read what is for anybody.
            "Access-Control-Allow-Origin": "*",
        }
        if publication.of_demonstration:
            headers["X-Robots-Tag"] = "noindex"
        data = open_data.WRITERS[file](publication)
        return HttpResponse(data, content_type=open_data.MEDIA_TYPES[file], headers=headers)


class Latest(File):
    of_demonstration = False

    def get(self, request: HttpRequest, file: str) -> HttpResponse:
        return self.answer(OpenDataPublication.objects.latest_of(self.of_demonstration), file)


class Edition(File):
    def get(self, request: HttpRequest, edition: int, file: str) -> HttpResponse:
        return self.answer(get_object_or_404(publications(), pk=edition), file)
