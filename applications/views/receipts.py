"""Where anybody who has a receipt checks it, and nobody else learns anything."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from applications import receipts
from applications.forms.receipt import ReceiptForm
from applications.views.pages import REFUSED

#: The same for a reference that nobody has and for a code of another receipt.
UNKNOWN = "No receipt has this reference and this code. Check both, and try again."


def check_receipt(request: HttpRequest) -> HttpResponse:
    form = ReceiptForm(request.GET if {"reference", "code"} & set(request.GET) else None)
    finding = None
    if form.is_bound and form.is_valid():
        finding = receipts.look_up(form.cleaned_data["reference"], form.cleaned_data["code"])
        if finding is None:
            form.add_error("code", UNKNOWN)
    status = REFUSED if form.errors else 200
    return render(
        request, "applications/check_receipt.html", {"form": form, "finding": finding}, status=status
    )
