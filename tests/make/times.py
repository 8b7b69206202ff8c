"""Moments the tests agree on: competitions close before NOON, applications came in a week earlier."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
