"""GOV.UK Notify as its API answers, in this process, and misbehaving on request.

    with NotifyServer() as notify:
        notify.answer(429, "RateLimitError", "Exceeded rate limit", times=1)
        notify.wait(seconds)                 # takes the email, then keeps silent for so long
        notify.became("permanent-failure")   # what it says of every email from now on

It checks what the real one checks: the signed token, the template and the address.
"""

import json
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"launchpad_tests-{SERVICE}-{SECRET}"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
FOR_EVER = 1_000_000


class NotifyServer:
    def __init__(self):
        self.taken: list[dict] = []
        self.asked: list[str] = []
        self.status = "sending"
        self.behave()
        handler = type("Handler", (Handler,), {"notify": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def behave(self) -> None:
        self.refusal: tuple[int, dict] | None = None
        self.refusals_left = 0
        self.seconds = 0.0

    def answer(self, status: int, error: str, message: str, times: int = FOR_EVER) -> None:
        body = {"status_code": status, "errors": [{"error": error, "message": message}]}
        self.refusal, self.refusals_left = (status, body), times

    def wait(self, seconds: float) -> None:
        self.seconds = seconds

    def became(self, status: str) -> None:
        self.status = status

    def __enter__(self) -> "NotifyServer":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.server.shutdown()
        self.server.server_close()


class Handler(BaseHTTPRequestHandler):
    notify: NotifyServer
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._allowed():
            return
        if "@" not in sent["email_address"] or sent["email_address"].endswith(".invalid"):
            self._refuse(400, "ValidationError", "email_address Not a valid email address")
            return
        if sent["template_id"] != TEMPLATE or set(sent["personalisation"]) != {"subject", "body"}:
            self._refuse(400, "BadRequestError", "Template not found")
            return
        taken = {"id": str(uuid.uuid4()), **sent}
        self.notify.taken.append(taken)
        if self.notify.seconds:
            time.sleep(self.notify.seconds)
        content = {"body": sent["personalisation"]["body"], "subject": sent["personalisation"]["subject"]}
        self._send(201, {"id": taken["id"], "reference": sent["reference"], "content": content})

    def do_GET(self):
        if not self._allowed():
            return
        parts = urlsplit(self.path)
        self.notify.asked.append(self.path)
        if parts.path == "/v2/notifications":
            reference = parse_qs(parts.query)["reference"][0]
            found = [{"id": one["id"]} for one in self.notify.taken if one["reference"] == reference]
            self._send(200, {"notifications": found, "links": {}})
            return
        wanted = parts.path.rpartition("/")[2]
        if any(one["id"] == wanted for one in self.notify.taken):
            self._send(200, {"id": wanted, "status": self.notify.status})
        else:
            self._refuse(404, "NoResultFound", "No result found")

    def _allowed(self) -> bool:
        try:
            token = self.headers["Authorization"].removeprefix("Bearer ")
            said = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_aud": False})
            assert said["iss"] == SERVICE
        except (jwt.InvalidTokenError, AssertionError):
            self._refuse(403, "AuthError", "Invalid token: signature, api token not found")
            return False
        if self.notify.refusals_left > 0:
            self.notify.refusals_left -= 1
            self._send(*self.notify.refusal)
            return False
        return True

    def _refuse(self, status: int, error: str, message: str) -> None:
        self._send(status, {"status_code": status, "errors": [{"error": error, "message": message}]})

    def _send(self, status: int, answer: dict) -> None:
        body = json.dumps(answer).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # whoever asked has lost patience, as they were meant to

    def log_message(self, *_):
        """Say nothing."""
