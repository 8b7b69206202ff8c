"""The start-up contract of `make run`, with real processes in a folder of their own."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from launchpad import demo_sign_ins, processes, state
from launchpad.postgres import AS_NOBODY, RUNTIME, is_postgres
from tests.starting import ROOT, Supervisor, environment, free_port, grown, processes_of, refusal, until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("start")]


@pytest.fixture(scope="module")
def supervisor(tmp_path_factory):
    """One start for the tests that leave it running."""
    running = Supervisor(tmp_path_factory.mktemp("start") / "var", free_port())
    running.wait_until_up()
    yield running
    running.end(signal.SIGTERM)
    assert not processes_of(running.state)


def pid_of(supervisor, words):
    """The process that the supervisor itself started with ``words`` on its command line."""
    children = Path(f"/proc/{supervisor.process.pid}/task/{supervisor.process.pid}/children").read_text()
    for pid in children.split():
        if words in Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "):
            return int(pid)
    return None


def test_the_pages_their_styles_and_the_health_answers_are_served(supervisor):
    status, page = supervisor.get("/no/such/page")
    sheets = re.findall(r'href="(/static/[^"]+\.css)"', page)

    assert status == 404
    assert sheets
    assert {supervisor.get(sheet)[0] for sheet in sheets} == {200}
    assert supervisor.get("/health/live") == (200, '{"status": "live"}')
    assert supervisor.get("/health/ready") == (200, '{"status": "ready"}')


def test_it_says_where_the_pages_and_the_mail_are(supervisor):
    assert f"Launchpad is at         {supervisor.address}\n" in supervisor.said
    assert re.search(r"Mail it sent is at      http://127\.0\.0\.1:\d+\n", supervisor.said)


def test_it_prints_the_demo_sign_ins_and_their_password(supervisor):
    assert f"Demo sign-ins, all with the password {demo_sign_ins.PASSWORD}\n" in supervisor.said
    for address, held in demo_sign_ins.SIGN_INS.items():
        assert f"  {address:<24}{held.in_brief}\n" in supervisor.said


def test_a_command_at_the_terminal_finds_what_is_running_and_its_keys(supervisor):
    commands = [[sys.executable, "manage.py", name] for name in ("verify_ledger", "verify_audit")]

    told = environment(supervisor.state, "8000")
    said = [subprocess.run(one, cwd=ROOT, env=told, capture_output=True, text=True) for one in commands]

    assert [(one.returncode, one.stderr) for one in said] == [(0, ""), (0, "")]
    assert "The audit trail is whole" in said[1].stdout


def test_both_protections_of_the_ledger_are_on(supervisor):
    assert "second protection" not in supervisor.said


@pytest.mark.parametrize("name", ["gunicorn", "--queues mail", "--queues jobs", "beat", "relay"])
def test_every_program_is_told_what_the_containers_are_told(supervisor, name):
    environ = Path(f"/proc/{pid_of(supervisor, name)}/environ").read_text().split("\0")
    told = {name: value for name, _, value in (pair.partition("=") for pair in environ) if value}

    assert set(processes.VARIABLES) <= set(told)
    assert not set(processes.OF_PREPARE) & set(told)
    assert told["DATABASE_URL"].startswith(f"postgres://{RUNTIME}@")


def test_a_second_start_from_the_same_folder_says_so(supervisor):
    code, said = refusal(supervisor.state, free_port())

    assert code == 1
    assert said == (
        f"Launchpad is already running from {supervisor.state}. "
        "Stop it first, or set STATE_DIR to another folder.\n"
    )


def test_a_programme_grows_in_the_database_of_a_running_start(supervisor):
    code, said = grown(supervisor.state)
    again, refused = grown(supervisor.state)

    assert code == 0, said
    assert re.search(r"all of it +\d+,\d{3} rows", said)
    assert "LCR-R15-MFA-DEMO" in supervisor.get("/")[1]
    assert again == 1
    assert "A grown programme stands here already" in refused


def test_a_programme_grows_where_nothing_runs_and_its_server_is_stopped(tmp_path):
    code, said = grown(tmp_path / "var")

    assert code == 0, said
    assert "13 people can sign in" in said
    assert not processes_of(tmp_path / "var")


def test_a_taken_port_is_said_in_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        code, said = refusal(tmp_path / "var", port)

    assert code == 1
    assert said == f"Port {port} is taken. Choose another, for example: make run PORT={port + 1}\n"
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "8000.5"])
def test_a_port_that_is_none_is_said_in_one_sentence(tmp_path, port):
    code, said = refusal(tmp_path / "var", port)

    assert (code, said) == (1, f"PORT is {port}. Use a number from 1 to 65535.\n")


def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(tmp_path):
    (tmp_path / "file").touch()

    code, said = refusal(tmp_path / "file" / "var", free_port())

    assert (code, said) == (1, f"The folder {tmp_path}/file/var cannot be made: Not a directory.\n")


def test_a_full_disk_is_said_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(state, "ROOM_NEEDED", 10**18)

    with pytest.raises(state.CannotStart, match=r"^There is no room on the disk: .* MB left"):
        state.check_room(tmp_path)


@pytest.mark.parametrize("name", ["gunicorn", "--queues mail", "--queues jobs", "relay", "bin/postgres -D"])
def test_a_program_that_is_killed_is_started_again(supervisor, name):
    first = until(lambda: pid_of(supervisor, name))

    os.kill(first, signal.SIGKILL)
    second = until(lambda: (pid := pid_of(supervisor, name)) and pid != first and pid)
    ready = until(lambda: supervisor.get("/health/ready")[0] == 200)

    assert second and second != first
    assert ready
    assert "is started again." in supervisor.said


def test_control_c_stops_everything_and_the_next_start_finds_the_data(tmp_path):
    folder, port = tmp_path / "a state folder with spaces and a name that is long" / ("v" * 60), free_port()
    folder.parent.mkdir()
    first = Supervisor(folder, port)
    first.wait_until_up()
    prepared = first.said
    key = (folder / "secret_key").read_text()

    code = first.end(signal.SIGINT)
    left = processes_of(folder)
    second = Supervisor(folder, port)
    second.wait_until_up()
    second.end(signal.SIGTERM)

    assert (code, left) == (0, [])
    assert "Competitions loaded" in prepared and "Competitions loaded" not in second.said
    assert "Launchpad has stopped." in second.said
    assert (folder / "secret_key").read_text() == key
    assert processes_of(folder) == []


def test_a_killed_supervisor_leaves_nothing_behind_and_starts_again(tmp_path):
    folder, port = tmp_path / "var", free_port()
    first = Supervisor(folder, port)
    first.wait_until_up()
    assert len(processes_of(folder)) > 6

    first.end(signal.SIGKILL)
    nothing_left = until(lambda: not processes_of(folder), seconds=120)
    second = Supervisor(folder, port)
    second.wait_until_up()
    ready = second.get("/health/ready")[0]
    second.end(signal.SIGTERM)

    assert nothing_left
    assert ready == 200


def test_a_pid_file_of_another_program_is_not_taken_for_a_server(tmp_path):
    ours = tmp_path / "postmaster.pid"
    ours.write_text(f"{os.getpid()}\n")

    assert not is_postgres(ours)
    assert not is_postgres(tmp_path / "none")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
def test_root_without_user_namespaces_runs_postgres_as_nobody(tmp_path):
    programs = tmp_path / "bin"
    programs.mkdir()
    refusing = programs / AS_NOBODY[0]
    refusing.write_text("#!/bin/sh\nexit 1\n")
    refusing.chmod(0o755)
    folder = tmp_path / "var"
    running = Supervisor(folder, free_port(), PATH=f"{programs}:{os.environ['PATH']}")
    running.wait_until_up()
    server = pid_of(running, "bin/postgres -D")

    owner = os.stat(f"/proc/{server}").st_uid
    ready = running.get("/health/ready")[0]
    running.end(signal.SIGINT)

    assert owner == 65534
    assert ready == 200
    assert processes_of(folder) == []
