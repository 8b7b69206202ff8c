"""The pages behind the links at the foot of every page."""

from django.views.generic import TemplateView

accessibility = TemplateView.as_view(template_name="accounts/accessibility.html")
privacy = TemplateView.as_view(template_name="accounts/privacy.html")
cookies = TemplateView.as_view(template_name="accounts/cookies.html")
