"""Static files, ready to serve: styles built, everything hashed and compressed into staticfiles/.

Skipped while nothing has changed, so that a second start costs milliseconds.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from launchpad import styles

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "launchpad" / "static"
COLLECTED = ROOT / "staticfiles"


class CannotCollect(Exception):
    """The static files could not be gathered; the text is the last of what the tool said."""


def build() -> None:
    styles.build()
    stamp, fingerprint = COLLECTED / ".collected", _fingerprint()
    if stamp.is_file() and stamp.read_text() == fingerprint:
        return
    stamp.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--clear", "--verbosity", "0"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "SITE_URL"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise CannotCollect(f"The static files could not be gathered:\n{done.stderr.strip()[-1500:]}")
    stamp.write_text(fingerprint)


def _fingerprint() -> str:
    """What collectstatic would read: our files by their bytes, the packages' by their locked versions."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for file in sorted(SOURCES.rglob("*")):
        if file.is_file():
            digest.update(str(file.relative_to(SOURCES)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    try:
        build()
    except (styles.CannotBuild, CannotCollect) as refusal:
        sys.exit(str(refusal))
