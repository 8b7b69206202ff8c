"""What is locked is what the bounds in pyproject.toml ask for."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def locked(name):
    lines = (ROOT / name).read_text().splitlines()
    pins = [Requirement(line) for line in lines if line and not line.lstrip().startswith("#")]
    return {canonicalize_name(pin.name): pin for pin in pins}


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("requirements.txt", PROJECT["dependencies"]),
        ("requirements-dev.txt", PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]),
    ],
)
def test_every_bound_is_met_by_one_exact_version(name, bounds):
    pins = locked(name)

    for bound in map(Requirement, bounds):
        (exact,) = pins[canonicalize_name(bound.name)].specifier
        assert exact.operator == "=="
        assert bound.specifier.contains(exact.version), f"{bound} against {exact}"


def test_the_tests_run_on_the_versions_that_are_served():
    served, tested = locked("requirements.txt"), locked("requirements-dev.txt")

    assert {name: str(pin) for name, pin in served.items()} == {name: str(tested[name]) for name in served}


def test_no_lock_file_names_a_host_or_a_folder():
    text = (ROOT / "requirements.txt").read_text() + (ROOT / "requirements-dev.txt").read_text()

    assert "://" not in text
    assert "--" not in text
