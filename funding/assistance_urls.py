from django.urls import path

from funding.views import assistance

app_name = "assistance"

urlpatterns = [path("<int:pk>/", assistance.Assistance.as_view(), name="detail")]
