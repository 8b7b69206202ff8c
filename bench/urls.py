"""Every address of the product, and the bare view. Served by `make bench` and by nothing else."""

from django.urls import path

from bench import bare
from launchpad.urls import handler400, handler403, handler404, handler429, handler500
from launchpad.urls import urlpatterns as of_the_product

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]

urlpatterns = [path("bench/bare/", bare.page), *of_the_product]
