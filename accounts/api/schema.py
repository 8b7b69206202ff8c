from drf_spectacular.openapi import AutoSchema

from accounts.api.errors import ErrorsSerializer


class DocumentedErrors(AutoSchema):
    """The schema of an operation together with what it refuses."""

    def get_response_serializers(self):
        answers = {200: super().get_response_serializers(), 400: ErrorsSerializer, 401: ErrorsSerializer}
        # What is made anew names no row and no page.
        if getattr(self.view, "detail", None) is not None and getattr(self.view, "action", "") != "create":
            # No such object, or no such page of the list.
            answers[404] = ErrorsSerializer
        if self.method == "POST":
            answers |= dict.fromkeys((403, 409, 415, 422), ErrorsSerializer)
        return answers
