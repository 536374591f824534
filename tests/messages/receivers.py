"""A mail server and a web server on this machine that keep what they are sent.

They speak SMTP and HTTP over real sockets, so that what is tested is what apprise really sends.
"""

from __future__ import annotations

import json
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any


@dataclass
class MailServer:
    """What arrived, by whom it was to be read; ``refuses`` are recipients it does not take."""

    port: int = 0
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    def subjects(self) -> list[str]:
        return [str(mail["subject"]) for _, mail in self.mails]

    def texts(self) -> list[str]:
        bodies = [mail.get_body(("plain",)) for _, mail in self.mails]
        return [body.get_content() for body in bodies if body is not None]


@contextmanager
def mail_server() -> Iterator[MailServer]:
    kept = MailServer()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            recipients: list[str] = []
            self._say("220 localhost ESMTP")
            while line := self.rfile.readline().decode().strip():
                verb, _, rest = line.partition(" ")
                if verb.upper() == "EHLO":
                    self._say("250-localhost\r\n250-8BITMIME\r\n250 SMTPUTF8")
                elif verb.upper() == "RCPT":
                    recipient = rest[rest.index("<") + 1 : rest.index(">")]
                    if recipient in kept.refuses:
                        self._say("550 5.1.1 no such user")
                        continue
                    recipients.append(recipient)
                    self._say("250 ok")
                elif verb.upper() == "DATA":
                    self._say("354 go on")
                    mail = message_from_bytes(self._data(), policy=policy.default)
                    kept.mails.append((recipients, mail))  # type: ignore[arg-type]
                    recipients = []
                    self._say("250 queued")
                elif verb.upper() == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 ok")

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def _data(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            return b"".join(lines)

    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)) as port:
        kept.port = port
        yield kept


@dataclass
class WebServer:
    """What was posted, by path; ``reply`` is what it answers, with ``status``."""

    port: int = 0
    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    status: int = 200
    reply: dict[str, Any] = field(default_factory=lambda: {"errcode": 0, "errmsg": "ok"})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def web_server() -> Iterator[WebServer]:
    kept = WebServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            kept.posts.append((self.path, content))
            self.send_response(kept.status)
            self.end_headers()
            self.wfile.write(json.dumps(kept.reply).encode())

        def log_message(self, *_: Any) -> None:
            pass

    with _serving(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        kept.port = port
        yield kept


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[int]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]  # type: ignore[index,misc]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
