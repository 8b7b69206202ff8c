"""What was answered before and asks much the same, found by its words."""

from django.contrib.postgres.search import SearchRank, SearchVector
from django.db import models
from django.db.models import F, Func, Value

from funding.models import InformationRequest, RequestState

MOST = 5
#: Of SearchRank; a single word in common, such as "programme", is no likeness.
LIKE_ENOUGH = 0.05

QUESTION = SearchVector("question", config="english")


class AnyWord(Func):
    """A query that any of the text's words meets: PostgreSQL's own asks for all of them."""

    template = "replace(plainto_tsquery('english'::regconfig, %(expressions)s)::text, '&', '|')::tsquery"
    output_field = models.TextField()  # type: ignore[assignment]


def answered(question: str, *, to, but: int | None = None) -> list[InformationRequest]:
    """The most alike first, of those that ``to`` may see; none of those whose words are all too common."""
    if not question.strip():
        return []
    rows = InformationRequest.objects.visible_to(to).filter(state=RequestState.ANSWERED).exclude(pk=but)
    words = AnyWord(Value(question[:4000]))
    ranked = rows.annotate(likeness=SearchRank(QUESTION, words)).filter(likeness__gte=LIKE_ENOUGH)
    return list(ranked.with_names().order_by(F("likeness").desc(), "-answered_at", "-pk")[:MOST])
