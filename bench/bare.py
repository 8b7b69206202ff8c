"""The yardstick of a page: what Django itself takes for a session, a person, five queries and a template.

Through the same server, settings and middleware as every page of the product.
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import Region
from applications.models import Area, Competition, Question, QuestionSet


@login_required
def page(request: HttpRequest) -> HttpResponse:
    """Answer with ``lines`` lines, so that the template is as large as the page it is beside.

    To a POST, which has passed the check against forgery, it answers as a form does that was taken.
    """
    lines = int(request.GET.get("lines", "0"))
    competition = Competition.objects.filter(question_set__isnull=False)[0]
    region = Region.objects.get(pk=competition.region_id)
    question_set = QuestionSet.objects.get(pk=competition.question_set_id)
    question = Question.objects.filter(question_set=question_set.pk)[0]
    area = Area.objects.filter(region=region.pk)[0]
    if request.method == "POST":
        return redirect("/bench/bare/")
    named = {"competition": competition, "region": region, "question": question, "area": area}
    return render(request, "bench/bare.html", {**named, "lines": range(lines)})
