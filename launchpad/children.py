"""Child processes that never outlive us: prefixed output, a clean stop, nothing left after kill -9."""

import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

# Loaded before any fork: between fork and exec a child may not load a library.
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
PR_SET_PDEATHSIG = 1


def die_with_parent(with_signal: signal.Signals, parent: int) -> None:
    """Ask the kernel for ``with_signal`` when ``parent``, the process that started this one, is gone."""
    if LIBC is None:
        return
    LIBC.prctl(PR_SET_PDEATHSIG, int(with_signal))
    if os.getppid() != parent:
        os.kill(os.getpid(), with_signal)


class Child:
    """One long-running program, in a process group of its own so that Ctrl-C reaches only us."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        folder: Path,
        log: Path | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        user: int | None = None,
    ):
        self.name = name
        self.stop_signal = stop_signal
        self.started_at = time.monotonic()
        ours = os.getpid()
        with open(log, "ab") if log else open(os.devnull, "wb") as file:
            self.process = subprocess.Popen(
                [str(word) for word in command],
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=file if log else subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(stop_signal, ours),
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )
        if self.process.stdout:
            os.set_blocking(self.process.stdout.fileno(), False)

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.is_running:
            self.process.send_signal(self.stop_signal)

    def end(self) -> None:
        """Kill what is left of its process group, whatever state the program itself is in."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        self.process.wait()


class Output:
    """Copies what children print to one stream, each line with the child's name in front."""

    def __init__(self, write: Callable[[str], None], width: int):
        self.write = write
        self.width = width
        self.selector = selectors.DefaultSelector()
        self.unfinished: dict[int, bytes] = {}

    def follow(self, child: Child) -> None:
        if child.process.stdout:
            self.selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def copy(self, timeout: float) -> None:
        """Wait up to ``timeout`` seconds for output and copy what there is."""
        if not self.selector.get_map():
            time.sleep(timeout)
            return
        for key, _ in self.selector.select(timeout):
            block = os.read(key.fd, 65_536)
            lines = (self.unfinished.pop(key.fd, b"") + block).split(b"\n")
            rest = lines.pop()
            if not block:
                self.selector.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]
                lines += [rest] if rest else []
            elif rest:
                self.unfinished[key.fd] = rest
            for line in lines:
                self.write(f"{key.data.name:<{self.width}} | {line.decode(errors='replace').rstrip()}")


def stop(children: Sequence[Child], *, within: float, meanwhile: Callable[[float], None] = time.sleep):
    """Ask all of ``children`` to stop, wait at most ``within`` seconds together, then kill what is left."""
    for child in children:
        child.ask_to_stop()
    give_up_at = time.monotonic() + within
    while any(child.is_running for child in children) and time.monotonic() < give_up_at:
        meanwhile(0.05)
    for child in children:
        child.end()
