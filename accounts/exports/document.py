"""PDF/UA documents from a template of ours and data, by typst."""

import json
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

import typst
from django.conf import settings

TEMPLATES = settings.BASE_DIR / "templates" / "documents"


@cache
def _fonts() -> typst.Fonts:
    """The sans serif of a package, and none that a machine happens to have: the same bytes everywhere."""
    files = resources.files("font_source_sans_pro") / "files"
    return typst.Fonts(include_system_fonts=False, font_paths=[str(files)])


def pdf(template: str, data: dict[str, Any], *, made_at: datetime) -> bytes:
    """Return the document of ``template``, a file in ``templates/documents``, filled with ``data``.

    data     what JSON can say; it reaches the template as a value and never as source, so that
             markup in what somebody wrote stays text
    made_at  the document's own date: the same data and moment give the same bytes

    Held to PDF/UA-1: raises typst.TypstError for a template that is not.
    """
    return typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
        pdf_standards=["ua-1"],
        # A document says its date to the second.
        timestamp=made_at.replace(microsecond=0),
    )
