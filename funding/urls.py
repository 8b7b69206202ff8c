from django.urls import path

from funding.views import offers

app_name = "offers"

urlpatterns = [
    path("", offers.Offers.as_view(), name="list"),
    path("<int:pk>/", offers.Detail.as_view(), name="detail"),
    path("<int:pk>/letter.pdf", offers.Letter.as_view(), name="letter"),
    path("<int:pk>/accept/", offers.Accept.as_view(), name="accept"),
    path("<int:pk>/decline/", offers.Decline.as_view(), name="decline"),
]
