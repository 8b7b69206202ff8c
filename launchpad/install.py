"""Make .venv and install the locked requirements: python3 -I launchpad/install.py requirements.txt

Runs before anything is installed, on whatever Python the machine calls python3, so it stands on
the standard library alone and is written so that an old Python can still read it and say no.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(HOME, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
MEGABYTE = 1024 * 1024
ROOM_NEEDED = 1200 * MEGABYTE


def main(requirements):
    if is_installed(requirements):
        return
    if sys.version_info < (3, 11):
        found = ".".join(str(part) for part in sys.version_info[:2])
        stop(
            "Launchpad needs Python 3.11 or later, and this is "
            + found
            + ". Name a later one: make run PYTHON=python3.12"
        )
    free = shutil.disk_usage(HOME).free
    if free < ROOM_NEEDED:
        stop("There is no room on the disk: {} MB are free, and the installation needs {} MB."
             .format(free // MEGABYTE, ROOM_NEEDED // MEGABYTE))  # fmt: skip
    folder = os.open(HOME, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    if is_installed(requirements):
        return
    print("Installing what " + requirements + " lists (once, under a minute) ...", flush=True)
    if not works():
        make_venv()
    install(requirements)
    with open(stamp(requirements), "w") as file:
        file.write(fingerprint(requirements))


def is_installed(requirements):
    try:
        with open(stamp(requirements)) as file:
            return os.path.exists(PYTHON) and file.read() == fingerprint(requirements)
    except OSError:
        return False


def stamp(requirements):
    return os.path.join(VENV, ".installed-" + requirements)


def fingerprint(requirements):
    with open(os.path.join(HOME, requirements), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def works():
    """Whether .venv holds a Python that starts and has pip."""
    try:
        return run([PYTHON, "-m", "pip", "--version"]).returncode == 0
    except OSError:
        return False


def make_venv():
    if os.path.isdir(VENV) and not os.path.islink(VENV):
        shutil.rmtree(VENV)
    try:
        done = run([sys.executable, "-m", "venv", VENV])
    except OSError as error:
        stop("The folder .venv cannot be made: {}.".format(error.strerror))
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        said = done.stdout.strip()
        if "ensurepip" in said or "No module named venv" in said:
            stop("This Python lacks its venv part. On Debian and Ubuntu: apt install python3-venv")
        stop("The folder .venv cannot be made:\n" + said[-600:])


def install(requirements):
    done = run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                "--requirement", os.path.join(HOME, requirements)])  # fmt: skip
    if done.returncode == 0:
        return
    said = done.stdout.strip()
    if "No space left" in said:
        stop("There is no room left on the disk to install what Launchpad needs.")
    if "Python.h" in said:
        stop(
            "A part has to be compiled and the Python headers are missing. "
            "On Debian and Ubuntu: apt install python3-dev gcc"
        )
    if "Temporary failure in name resolution" in said or "Failed to establish a new connection" in said:
        stop("The package index cannot be reached. Check the network and start again.")
    stop("What {} lists could not be installed:\n{}".format(requirements, said[-1500:]))


def run(command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)


def stop(sentence):
    sys.stderr.write(sentence + "\n")
    raise SystemExit(1)


if __name__ == "__main__":
    main(sys.argv[1])
