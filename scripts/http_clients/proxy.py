"""A proxy in front of the service that notes every request byte by byte.

It forwards what it reads unchanged. A page of the clients that are browsers is answered by the proxy itself, so that
the page has the origin of the service.
"""

import socket
import socketserver
import threading
from dataclasses import dataclass


@dataclass
class Exchange:
    """One request, as it was sent, and the response."""

    head: str  # the request line and the header lines, without the empty line
    body: str  # as it was sent, so in chunks if it was sent in chunks
    status: int
    headers: list[tuple[str, str]]  # of the response; names in lower case
    content: bytes


class Proxy:
    """Listens on a free port of the loopback interface until it is closed."""

    def __init__(self, upstream, pages):
        self.exchanges = []
        self.reports = []  # the bodies of POST /report, from the pages
        proxy = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                try:
                    proxy._serve(self.rfile, self.connection, upstream, pages)
                except ConnectionResetError:
                    pass  # how some clients end

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, reader, client, upstream, pages):
        with socket.create_connection(upstream) as service, service.makefile("rb") as answers:
            while head := read_head(reader):
                method, target = head.split(" ")[:2]
                body = read_body(reader, head, ends_with_connection=False)
                page = pages.get(target.partition("?")[0])
                if method == "GET" and page is not None:
                    client.sendall(response(200, "text/html; charset=utf-8", page))
                elif target == "/favicon.ico":
                    client.sendall(response(404, "text/plain", b""))
                elif target == "/report":
                    self.reports.append(body.decode())
                    client.sendall(response(204, "text/plain", b""))
                else:
                    service.sendall(f"{head}\r\n\r\n".encode("latin-1") + body)
                    answer = read_head(answers)
                    content = read_body(answers, answer, ends_with_connection=True)
                    status, *lines = answer.split("\r\n")
                    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
                    self.exchanges.append(
                        Exchange(head, body.decode("latin-1"), int(status.split(" ")[1]), headers, content)
                    )
                    client.sendall(f"{answer}\r\n\r\n".encode("latin-1") + content)


def exchange(address, request):
    """Sends these bytes and returns the status and the body of the response."""
    with socket.create_connection(address) as service, service.makefile("rb") as answers:
        service.sendall(request)
        head = read_head(answers)
        return int(head.split(" ")[1]), read_body(answers, head, ends_with_connection=True)


def read_head(stream):
    """Returns the first line and the header lines; empty at the end of the stream."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        if not line:
            if head:
                raise ConnectionError(f"half a head: {head!r}")
            return ""
        head += line
    return head[:-4].decode("latin-1")


def read_body(stream, head, ends_with_connection):
    """Returns the body as it was sent, with the framing of chunks."""
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:])}
    if "chunked" in headers.get("transfer-encoding", ""):
        body = b""
        while True:
            size = stream.readline()
            chunk = stream.read(int(size.split(b";")[0], 16) + 2)
            body += size + chunk
            if len(chunk) == 2:
                return body
    if "content-length" in headers:
        return stream.read(int(headers["content-length"]))
    if ends_with_connection and "close" in headers.get("connection", ""):
        return stream.read()
    return b""


def response(status, media_type, body):
    head = [f"HTTP/1.1 {status} Of the proxy", f"Content-Type: {media_type}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "Cache-Control: no-store", "\r\n"]).encode() + body
