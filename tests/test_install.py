"""The one file that runs before anything is installed."""

import subprocess
import sys

import pytest

from launchpad import install
from tests.architecture import ROOT


def test_it_stands_on_the_standard_library_alone():
    bare = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        "import runpy; runpy.run_path('launchpad/install.py', run_name='bare')",
    ]

    done = subprocess.run(bare, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("version", [(3, 8, 18), (3, 10, 13)])
def test_an_old_python_is_refused_in_one_sentence(version, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(install, "VENV", str(tmp_path))
    monkeypatch.setattr(sys, "version_info", version)

    with pytest.raises(SystemExit):
        install.main("requirements.txt")

    said = capsys.readouterr().err
    assert said == (
        f"Launchpad needs Python 3.11 or later, and this is 3.{version[1]}. "
        "Name a later one: make run PYTHON=python3.12\n"
    )


def test_a_full_disk_is_said_before_anything_is_made(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(install, "VENV", str(tmp_path))
    monkeypatch.setattr(install, "ROOM_NEEDED", 10**18)

    with pytest.raises(SystemExit):
        install.main("requirements.txt")

    assert capsys.readouterr().err.startswith("There is no room on the disk: ")


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("ERROR: [Errno 28] No space left on device", "There is no room left on the disk"),
        (
            "fatal error: Python.h: No such file or directory",
            "On Debian and Ubuntu: apt install python3-dev gcc",
        ),
        ("Temporary failure in name resolution", "The package index cannot be reached."),
    ],
)
def test_what_pip_says_becomes_a_plain_sentence(printed, sentence, monkeypatch, capsys, tmp_path):
    pip = tmp_path / "python"
    pip.write_text(f"#!/bin/sh\necho '{printed}'\nexit 1\n")
    pip.chmod(0o755)
    monkeypatch.setattr(install, "PYTHON", str(pip))

    with pytest.raises(SystemExit):
        install.install("requirements.txt")

    said = capsys.readouterr().err
    assert sentence in said
    assert printed not in said


def test_nothing_is_done_where_the_same_list_is_installed(monkeypatch, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    monkeypatch.setattr(install, "VENV", str(tmp_path))
    monkeypatch.setattr(install, "PYTHON", str(tmp_path / "bin" / "python"))
    before = install.is_installed("requirements.txt")

    (tmp_path / ".installed-requirements.txt").write_text(install.fingerprint("requirements.txt"))

    assert (before, install.is_installed("requirements.txt")) == (False, True)
