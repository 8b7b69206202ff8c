from django.core.paginator import Paginator
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

#: No list is longer, and int() takes only so many digits.
LARGEST = 999_999_999


class Pages(PageNumberPagination):
    """Numbered pages of a list in a total order, 25 rows unless asked otherwise, at most 100.

    What cannot be a page is refused rather than corrected, so that a client that counts
    wrongly hears of it; a page past the last one is not found.
    """

    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100
    page_query_description = "Which page, counted from 1."
    page_size_query_description = "How many rows a page holds, 1 to 100; 25 if not given."

    def paginate_queryset(self, queryset, request, view=None):
        self.request = request
        number = _whole_number(request, "page", default=1)
        paginator = Paginator(queryset, self.get_page_size(request))
        if number > paginator.num_pages:
            raise NotFound({"page": [f"There is no such page: the last is {paginator.num_pages}."]})
        self.page = paginator.page(number)
        return list(self.page)

    def get_page_size(self, request):
        size = _whole_number(request, "page_size", default=self.page_size)
        if size > self.max_page_size:
            raise ValidationError({"page_size": [f"A page holds at most {self.max_page_size} rows."]})
        return size

    def get_schema_operation_parameters(self, view):
        page, page_size = super().get_schema_operation_parameters(view)
        page["schema"] |= {"minimum": 1, "maximum": LARGEST}
        page_size["schema"] |= {"minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return [page, page_size]


def _whole_number(request: Request, name: str, *, default: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    # isascii first: isdigit alone takes superscripts, which int() refuses.
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text)):
        raise ValidationError({name: ["Give a whole number from 1."]})
    return int(text)
