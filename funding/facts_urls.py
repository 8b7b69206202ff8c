from django.urls import path

from funding.views import facts

app_name = "facts"

urlpatterns = [
    path("facts/", facts.Rounds.as_view(), name="list"),
    path("competitions/<str:code>/facts/", facts.Page.as_view(), name="round"),
    path("competitions/<str:code>/facts.csv", facts.File.as_view(), name="csv"),
]
