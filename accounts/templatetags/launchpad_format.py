"""How values are written on a page: money, moments and days, always the same way."""

from django import template

from accounts.formats import exact_time, local_day, local_time, percent, pounds

__all__ = ["exact_time", "local_day", "local_time", "percent", "pounds", "register"]

register = template.Library()

for write in (pounds, percent, local_time, local_day, exact_time):
    register.filter(write)
