import logging
import signal
import threading
import time
from datetime import datetime, timedelta

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections

from accounts import clock, relay, sealing, timetable
from accounts.models import Heartbeat

logger = logging.getLogger(__name__)

#: Seconds between two heartbeats, and between two looks for jobs that are silent. The first look
#: leaves the timetable time to catch up with what was missed before this start.
BEAT, WATCH, FIRST_WATCH = 5, 60, 180

#: Seconds without a tick after which the relay ticks itself. Beat's come every 30; they travel by the
#: broker and a worker, and may be lost with either.
UNTICKED = 45

#: Seconds between two looks while there is work: often enough that the workers never stand idle, and
#: seldom enough that each of them is handed many rows at a time.
BUSY = 0.25


class Command(BaseCommand):
    help = "Hands what the database owes to the workers and seals the audit trail until it is told to stop."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--lease", type=float, default=relay.LEASE.total_seconds(), help="seconds")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between two looks")

    def handle(self, *, lease, interval, **options):
        stop = threading.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())
        self.begin()
        self.stdout.write("relay is ready")
        self.stdout.flush()
        while not stop.is_set():
            handed_out = self.look(timedelta(seconds=lease))
            stop.wait(min(BUSY, interval) if handed_out else interval)
        self.stdout.write("relay has stopped")

    def begin(self) -> None:
        now = time.monotonic()
        self.beats_at, self.watches_at, self.ticks_at = now, now + FIRST_WATCH, now + UNTICKED
        self.rests_until = now

    def look(self, lease: timedelta) -> int:
        close_old_connections()
        try:
            at = clock.now()
            self.beat(at)
            handed_out = self.hand_out(at, lease)
            while sealing.seal(at=at) == sealing.BATCH:
                pass
            return handed_out
        except Error:
            # The database comes back or the supervisor ends us; either way nothing is lost.
            logger.warning("database did not answer", exc_info=True)
            return 0

    def hand_out(self, at: datetime, lease: timedelta) -> int:
        if time.monotonic() < self.rests_until:
            return 0
        try:
            return relay.turn(at, lease=lease)
        except relay.BrokerAway:
            self.rests_until = time.monotonic() + relay.BROKER_PAUSE.total_seconds()
            return 0

    def beat(self, at: datetime) -> None:
        """Say that we live; tick where beat's ticks do not arrive; say which jobs are silent all the same."""
        now = time.monotonic()
        if now >= self.beats_at:
            self.beats_at = now + BEAT
            Heartbeat.objects.beat(Heartbeat.RELAY, at=at)
        if now >= self.ticks_at:
            self.ticks_at = now + BEAT
            if not Heartbeat.objects.filter(
                name=Heartbeat.TIMETABLE, last_at__gt=at - timedelta(seconds=UNTICKED)
            ).exists():
                timetable.tick(at)
        if now >= self.watches_at:
            self.watches_at = now + WATCH
            timetable.report_silence(at)
