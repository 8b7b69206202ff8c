"""Companies House as its API answers, in this process, and misbehaving on request.

with CompaniesHouse() as register:
    register.companies["06500244"] = profile(company_name="Mersey Castings Ltd")
    register.answer(429)                 # or register.wait(60), register.drip(), register.say(b"<html>")
"""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "launchpad-tests-0123456789"


def profile(**fields) -> dict:
    return {
        "company_name": "MERSEY CASTINGS LTD",
        "company_status": "active",
        "registered_office_address": {
            "address_line_1": "1 Dock Road",
            "locality": "Liverpool",
            "country": "England",
            "postal_code": "L3 5TF",
        },
        **fields,
    }


class CompaniesHouse:
    def __init__(self):
        self.companies: dict[str, dict] = {}
        self.asked: list[str] = []
        self.status, self.seconds, self.body, self.drips = 0, 0.0, b"", False
        handler = type("Handler", (Handler,), {"register": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, status: int) -> None:
        self.status = status

    def wait(self, seconds: float) -> None:
        self.seconds = seconds

    def say(self, body: bytes) -> None:
        self.body = body

    def drip(self) -> None:
        self.drips = True

    def __enter__(self) -> "CompaniesHouse":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.server.shutdown()
        self.server.server_close()


class Handler(BaseHTTPRequestHandler):
    register: CompaniesHouse

    def do_GET(self):
        register = self.register
        register.asked.append(self.path)
        time.sleep(register.seconds)
        if self.headers["Authorization"] != f"Basic {base64.b64encode(f'{KEY}:'.encode()).decode()}":
            return self._said(401, b"{}")
        if register.status:
            return self._said(register.status, b"{}", location=f"{register.url}/company/elsewhere")
        if register.drips:
            return self._dripped()
        found = register.companies.get(self.path.removeprefix("/company/"))
        if register.body:
            return self._said(200, register.body)
        return self._said(200, json.dumps(found).encode()) if found else self._said(404, b"{}")

    def _dripped(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        try:
            for _ in range(600):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            return

    def _said(self, status: int, body: bytes, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        """Say nothing."""
