from django.urls import path

from funding.views import open_data

app_name = "open_data"

urlpatterns = [
    path("", open_data.Index.as_view(), name="index"),
    path("<str:file>", open_data.Latest.as_view(), name="latest"),
    path(
        "demonstration/<str:file>",
        open_data.Latest.as_view(of_demonstration=True),
        name="demonstration",
    ),
    path("<int:edition>/<str:file>", open_data.Edition.as_view(), name="edition"),
]
