import smtplib
import subprocess
import sys
import urllib.request
from email.message import EmailMessage

import pytest

from launchpad import mail_catcher
from launchpad.mail_catcher import Catcher
from tests.architecture import ROOT
from tests.starting import free_port, until


def letter(subject="Your application", text="Read https://launchpad.example/a?b=1&c=2 please"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "office@example.com", "ann@example.com", subject
    message.set_content(text)
    return message


def sent(port, *messages):
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as connection:
        for message in messages:
            connection.send_message(message)


def test_a_message_sent_over_smtp_is_kept_as_it_came(tmp_path):
    with Catcher(tmp_path) as catcher:
        sent(catcher.port, letter("First"), letter("Second"))

    newest, oldest = catcher.mailbox.messages()
    assert [newest["Subject"], oldest["Subject"]] == ["Second", "First"]
    assert newest.get_content().strip() == "Read https://launchpad.example/a?b=1&c=2 please"


def test_only_the_newest_messages_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(mail_catcher, "KEPT", 2)

    with Catcher(tmp_path) as catcher:
        sent(catcher.port, *(letter(str(number)) for number in range(4)))

    assert [message["Subject"] for message in catcher.mailbox.messages()] == ["3", "2"]


def test_the_page_shows_text_as_text_and_links_as_links(tmp_path):
    with Catcher(tmp_path) as catcher:
        sent(
            catcher.port,
            letter("<script>alert(1)</script>", "See https://launchpad.example/a?b=1&c=2 <b>now</b>"),
        )
    (file,) = catcher.mailbox.files()

    listed, shown = mail_catcher.page(catcher.mailbox, ""), mail_catcher.page(catcher.mailbox, file.name)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in listed and "<script>" not in listed + shown
    assert '<a href="https://launchpad.example/a?b=1&amp;c=2">' in shown
    assert "&lt;b&gt;now&lt;/b&gt;" in shown


@pytest.mark.parametrize("name", ["none.eml", "../secret_key", "..%2Fsecret_key"])
def test_what_is_no_message_is_not_shown(tmp_path, name):
    (tmp_path / "secret_key").write_text("secret")

    with Catcher(tmp_path / "mail") as catcher:
        assert mail_catcher.page(catcher.mailbox, name) is None


@pytest.mark.slow
def test_the_program_receives_shows_and_stops(tmp_path):
    smtp, port = free_port(), free_port()
    command = ["--folder", str(tmp_path), "--smtp", str(smtp), "--page", str(port)]
    program = subprocess.Popen([sys.executable, "-m", "launchpad.mail_catcher", *command], cwd=ROOT)

    def page(path=""):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            return ""

    empty = until(page)
    sent(smtp, letter("Your receipt"))
    full = page()
    program.terminate()

    assert "None yet." in empty
    assert "Your receipt" in full
    assert program.wait(10) == 0
