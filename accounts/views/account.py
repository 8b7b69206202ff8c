from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def your_account(request: HttpRequest) -> HttpResponse:
    return render(request, "account/your_account.html")
