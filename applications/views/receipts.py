"""Where anybody who has a receipt checks it, and nobody else learns anything."""

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from applications import receipts
from applications.forms.receipt import ReceiptForm
from applications.views.pages import REFUSED

#: The same for a reference that nobody has and for a code of another receipt.
UNKNOWN = "No receipt has this reference and this code. Check both, and try again."

#: As allauth counts tries of its own forms; what it makes public leaves out pages that are only read.
TRIES = {"app": "allauth.account", "action": "check_receipt"}


def check_receipt(request: HttpRequest) -> HttpResponse:
    form = ReceiptForm(request.GET if {"reference", "code"} & set(request.GET) else None)
    finding = None
    # What is merely opened is not a try.
    if form.is_bound and not ratelimit.consume(request, limit_get=True, **TRIES):
        return ratelimit.respond_429(request)
    if form.is_bound and form.is_valid():
        finding = receipts.look_up(form.cleaned_data["reference"], form.cleaned_data["code"])
        if finding is None:
            form.add_error("code", UNKNOWN)
    status = REFUSED if form.errors else 200
    return render(
        request, "applications/check_receipt.html", {"form": form, "finding": finding}, status=status
    )
