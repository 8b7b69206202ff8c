"""docker-compose.yml runs what `make run` runs: the same commands, told the same."""

import re
from urllib.parse import urlsplit

import pytest
import yaml

from launchpad import processes
from launchpad.postgres import OWNER, RUNTIME
from launchpad.processes import MAIL, PREPARE, SERVED, WEB
from tests.architecture import ROOT

SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
OURS = (PREPARE, *SERVED, MAIL)


@pytest.mark.parametrize("process", [*SERVED, MAIL], ids=lambda process: process.name)
def test_a_container_runs_the_command_of_make_run(process):
    assert SERVICES[process.name]["command"] == ["python", *process.arguments]


def test_the_database_is_prepared_by_the_same_command_before_anything_serves():
    command = SERVICES["prepare"]["command"]

    assert command == ["python", *PREPARE.arguments]
    for process in SERVED:
        assert SERVICES[process.name]["depends_on"] == {
            "prepare": {"condition": "service_completed_successfully"}
        }


@pytest.mark.parametrize("process", OURS, ids=lambda process: process.name)
def test_a_container_is_told_what_make_run_tells(process):
    told = SERVICES[process.name]["environment"]

    assert set(processes.VARIABLES) <= set(told)
    assert set(told) - set(processes.VARIABLES) - set(processes.OF_PREPARE) <= {
        "AUDIT_HEAD_URL",
        "BIND",
        "PORT",
        "TRUSTED_PROXIES",
    }
    assert all(told.values())


def test_only_what_prepares_is_told_of_the_owner_who_is_another_role():
    told = {process.name for process in OURS if "DATABASE_OWNER_URL" in SERVICES[process.name]["environment"]}
    roles = {
        urlsplit(SERVICES["prepare"]["environment"][name]).username
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }

    assert told == {"prepare"}
    assert roles == {OWNER, RUNTIME}
    assert SERVICES["postgres"]["environment"]["POSTGRES_USER"] == OWNER


def test_there_is_no_service_more_and_none_less():
    assert set(SERVICES) == {process.name for process in OURS} | {"postgres", "redis"}


def test_the_secret_key_has_no_default():
    assert SERVICES["web"]["environment"]["SECRET_KEY"].startswith("${SECRET_KEY:?")


def test_the_services_are_those_of_the_embedded_start():
    queue = (ROOT / "launchpad" / "broker.py").read_text()
    cluster = (ROOT / "launchpad" / "postgres.py").read_text()

    for words in ("--appendonly", "--save", "--maxmemory-policy", "noeviction"):
        assert words in SERVICES["redis"]["command"] and f'"{words}"' in queue
    for flag in SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split():
        assert f'"{flag}"' in cluster
    assert SERVICES["postgres"]["image"].startswith("postgres:18")


def test_nothing_but_this_machine_reaches_the_published_ports():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_image_serves_by_default_and_not_as_root():
    text = (ROOT / "Dockerfile").read_text()
    last_stage = text.split("FROM ")[-1]

    assert yaml.safe_load(re.search(r"^CMD (.*)$", text, re.MULTILINE)[1]) == ["python", *WEB.arguments]
    assert re.search(r"^USER (?!root)\w+$", last_stage, re.MULTILINE)
