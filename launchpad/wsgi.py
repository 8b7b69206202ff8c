import os

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "launchpad.settings")

django = get_wsgi_application()


def application(environ, start_response):
    """Django, spared the encodings in which it fails before any middleware runs.

    It reads the query in the encoding that the body claims, and ``charset=hex`` breaks it. An
    encoding that does not exist it passes over, and ``ReadableText`` refuses it.
    """
    try:
        kind, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
    except (LookupError, ValueError):
        kind, parameters = "text/plain", {"charset": "unsupported"}
    if parameters.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        others = [f'{name}="{value}"' for name, value in parameters.items() if name != "charset"]
        environ["CONTENT_TYPE"] = "; ".join([kind, *others, "charset=unsupported"])
    return django(environ, start_response)
