"""What competitions are made of. Loaded from the programme's files; read here by all staff."""

from django.contrib import admin

from accounts.admin.lines import ReadOnlyLines
from accounts.admin.records import Rule
from applications.models import Area, IntensityTable, MaximumPercentage, Question, QuestionSet


@admin.register(Area)
class AreaAdmin(Rule):
    list_display = ("name", "code", "region", "is_core")
    list_filter = ("region", "is_core")
    list_select_related = ("region",)
    search_fields = ("name", "code")
    ordering = ("name",)


class QuestionLines(ReadOnlyLines):
    model = Question
    fields = ("title", "number", "word_limit", "max_marks")
    show_change_link = True
    ordering = ("position",)


@admin.register(QuestionSet)
class QuestionSetAdmin(Rule):
    list_display = ("title", "key", "standing")
    ordering = ("title",)
    fields = ("title", "key", "standing", "source")
    inlines = (QuestionLines,)


@admin.register(Question)
class QuestionAdmin(Rule):
    list_display = ("title", "number", "question_set", "word_limit", "max_marks")
    list_filter = ("question_set",)
    list_select_related = ("question_set",)
    search_fields = ("title", "prompt")
    ordering = ("question_set", "position")


class PercentageLines(ReadOnlyLines):
    model = MaximumPercentage
    fields = ("research_category", "size", "percentage")
    ordering = ("research_category", "size")


@admin.register(IntensityTable)
class IntensityTableAdmin(Rule):
    list_display = ("title", "key", "standing")
    ordering = ("title",)
    fields = ("title", "key", "standing", "source")
    inlines = (PercentageLines,)
