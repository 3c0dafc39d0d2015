"""A mail server of our own: as much of IMAP4rev1 as reading one folder asks for, over loopback."""

from __future__ import annotations

import re
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread


class MailBox:
    """The mails of INBOX by their ids, and what the server was told."""

    def __init__(self, mails: dict[int, bytes], validity: int = 7) -> None:
        self.mails, self.validity = mails, validity
        self.password = "t0ken"
        self.told: list[str] = []
        self.drops_at: str | None = None
        """The command at which the connection ends."""

    def answer(self, command: str) -> bytes:
        """What the server says, with TAG in the place of the command's."""
        match command.split(" ", 3):
            case ["CAPABILITY"]:
                return b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n"
            case ["LOGIN", _, password]:
                return b"TAG OK in\r\n" if password == f'"{self.password}"' else b"TAG NO who are you\r\n"
            case ["EXAMINE", '"INBOX"']:
                return f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] ids\r\nTAG OK [READ-ONLY] done\r\n".encode()
            case ["UID", "SEARCH", *_]:
                return self._found(command)
            case ["UID", "FETCH", uid, "(BODY.PEEK[])"]:
                mail = self.mails.get(int(uid))
                if mail is None:
                    return b"TAG OK nothing\r\n"
                return f"* 1 FETCH (UID {uid} BODY[] {{{len(mail)}}}\r\n".encode() + mail + b")\r\nTAG OK done\r\n"
            case ["LOGOUT"]:
                return b"* BYE\r\nTAG OK out\r\n"
        return b"TAG NO no\r\n"

    def _found(self, command: str) -> bytes:
        after = re.search(r"UID (\d+):\*", command)
        uids = sorted(self.mails)
        found = [uid for uid in uids if after is None or uid >= int(after[1])] or uids[-1:]
        return f"* SEARCH {' '.join(map(str, found))}\r\nTAG OK done\r\n".encode()


@contextmanager
def mail_server(box: MailBox) -> Iterator[str]:
    """The address of the server until the block is left."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(ConnectionError):  # whoever asked may have been killed
                self._talk()

        def _talk(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            while line := self.rfile.readline().decode().rstrip("\r\n"):
                tag, _, command = line.partition(" ")
                box.told.append(command)
                if box.drops_at and command.startswith(box.drops_at):
                    return
                self.wfile.write(box.answer(command).replace(b"TAG", tag.encode()))
                if command == "LOGOUT":
                    return

    socketserver.ThreadingTCPServer.allow_reuse_address = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield f"imap://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
