"""Another system that asks the API as one person."""

import uuid

from django.test import Client

from accounts import tokens
from accounts.models import User
from tests.make.times import NOON


class Asking:
    """A system with a person's token, or with none."""

    def __init__(self, person: User | None = None):
        secret = person and tokens.issue(person, "test", at=NOON)
        self.client = Client(headers={"authorization": f"Bearer {secret}"} if secret else {})

    def get(self, address: str, **parameters):
        return self.client.get(f"/api/v1/{address}", parameters)

    def list(self, address: str, **parameters) -> list[dict]:
        answer = self.get(address, **parameters)
        assert answer.status_code == 200, answer.content
        assert answer.json()["count"] == len(answer.json()["results"])
        return answer.json()["results"]

    def faults(self, address: str, **parameters) -> dict[str | None, str]:
        """The messages of a request that has to be refused as wrong, by parameter."""
        answer = self.get(address, **parameters)
        assert answer.status_code == 400, answer.content
        return {error["field"]: error["message"] for error in answer.json()["errors"]}

    def post(self, address: str, sent: dict | None = None, *, key: str | None = None):
        """Send JSON under ``key``; a new one unless given, none where it is empty."""
        headers = {} if key == "" else {"Idempotency-Key": key or str(uuid.uuid4())}
        return self.client.post(
            f"/api/v1/{address}", sent or {}, content_type="application/json", headers=headers
        )
