import logging
import signal
import threading
from datetime import timedelta

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections

from accounts import clock, relay, sealing

logger = logging.getLogger(__name__)


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
        self.stdout.write("relay is ready")
        self.stdout.flush()
        while not stop.is_set():
            self.look(timedelta(seconds=lease))
            stop.wait(interval)
        self.stdout.write("relay has stopped")

    def look(self, lease: timedelta) -> None:
        close_old_connections()
        try:
            at = clock.now()
            relay.turn(at, lease=lease)
            while sealing.seal(at=at) == sealing.BATCH:
                pass
        except Error:
            # The database comes back or the supervisor ends us; either way nothing is lost.
            logger.warning("database did not answer", exc_info=True)
