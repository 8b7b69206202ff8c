from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import ModelSerializer
from accounts.models import Region
from applications import feedback
from applications.models import Application, Comparison, Competition, Participant, Question, State
from applications.workflow import Status


class RegionSerializer(ModelSerializer):
    class Meta:
        model = Region
        fields = ["code", "name", "theme"]
        read_only_fields = fields


class QuestionSerializer(ModelSerializer):
    """A question as applicants read it; what assessors are told stays with them."""

    class Meta:
        model = Question
        fields = ["key", "number", "title", "prompt", "guidance", "word_limit", "max_marks"]
        read_only_fields = fields


class CompetitionSerializer(ModelSerializer):
    """A competition as the public sees it. A rule that is not known is null."""

    region = RegionSerializer(read_only=True)
    state = serializers.SerializerMethodField(help_text="What it is at this moment.")
    themes = serializers.ListField(child=serializers.CharField(), read_only=True)
    lead_types = serializers.ListField(child=serializers.CharField(), read_only=True)
    standings = serializers.DictField(
        child=serializers.CharField(),
        read_only=True,
        help_text="Which values are assumed, reported or set for demonstration, by field.",
    )

    class Meta:
        model = Competition
        fields = [
            "code",
            "number",
            "title",
            "region",
            "strand",
            "round",
            "state",
            "summary",
            "themes",
            "opens_at",
            "closes_at",
            "pot",
            "pot_statement",
            "pot_sharing",
            "pot_part",
            "limit_basis",
            "limit_min",
            "limit_max",
            "duration_min",
            "duration_max",
            "latest_start_on",
            "latest_end_on",
            "ends_exactly_on",
            "subsidy_basis",
            "lead_types",
            "needs_partners",
            "research_participation_max",
            "threshold",
            "is_demonstration",
            "standings",
        ]
        read_only_fields = fields

    def get_state(self, competition) -> State:
        return competition.state_at(self.context["at"])


class CompetitionDetailSerializer(CompetitionSerializer):
    """A competition with its full text and the questions its form asks."""

    questions = serializers.SerializerMethodField()

    class Meta(CompetitionSerializer.Meta):
        fields = [*CompetitionSerializer.Meta.fields, "scope", "eligibility", "questions"]
        read_only_fields = fields

    @extend_schema_field(QuestionSerializer(many=True))
    def get_questions(self, competition):
        questions = competition.question_set.questions.all() if competition.question_set else []
        return QuestionSerializer(sorted(questions, key=lambda question: question.position), many=True).data


class ParticipantSerializer(ModelSerializer):
    left_at = serializers.DateTimeField(
        source="departure.recorded_at",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="When it was recorded that it left. Its sums are as submitted, and count no more.",
    )

    class Meta:
        model = Participant
        fields = [
            "name",
            "company_number",
            "kind",
            "size",
            "is_lead",
            "total_costs",
            "other_funding",
            "grant_sought",
            "contribution",
            "left_at",
        ]
        read_only_fields = fields


class ApplicationSerializer(ModelSerializer):
    """An application. A decision is shown to applicants and assessors once it is released."""

    competition = serializers.CharField(source="competition.code", read_only=True)
    status = serializers.ChoiceField(source="shown_status", choices=Status.choices, read_only=True)
    participants = ParticipantSerializer(many=True, read_only=True)

    class Meta:
        model = Application
        fields = [
            "reference",
            "competition",
            "status",
            "title",
            "participants",
            "start_on",
            "duration_months",
            "research_category",
            "total_costs",
            "grant_sought",
            "submitted_at",
            "released_at",
        ]
        read_only_fields = fields


class ComparisonSerializer(ModelSerializer):
    """Where its mean mark stood against the funded applications; figures are null where too few were."""

    class Meta:
        model = Comparison
        fields = ["band", "lowest", "median", "highest", "kept_at"]
        read_only_fields = fields


class FeedbackSerializer(serializers.Serializer):
    """What the assessors, unnamed, wrote on one question."""

    question = serializers.CharField(source="title")
    mean = serializers.DecimalField(max_digits=4, decimal_places=1, help_text="The mean of the marks.")
    max_marks = serializers.IntegerField()
    comments = serializers.ListField(child=serializers.CharField())
    compared = ComparisonSerializer(allow_null=True)


class ApplicationDetailSerializer(ApplicationSerializer):
    feedback = serializers.SerializerMethodField(
        help_text="For those who applied, once the decision is released; null for everybody else."
    )

    class Meta(ApplicationSerializer.Meta):
        fields = [*ApplicationSerializer.Meta.fields, "feedback"]
        read_only_fields = fields

    @extend_schema_field(FeedbackSerializer(many=True, allow_null=True))
    def get_feedback(self, application):
        if application.released_at is None or not application.is_own:
            return None
        return FeedbackSerializer(feedback.by_question(application), many=True).data


class SubmissionSerializer(serializers.Serializer):
    is_true = serializers.BooleanField(
        help_text="That what is in the application is true, and that you may submit it: must be true."
    )

    def validate_is_true(self, value):
        if not value:
            raise serializers.ValidationError(
                "Confirm that the application is true and that you may submit it."
            )
        return value
