"""A client at an address of its own, which sends what a browser on a page of the service sends."""

import base64
import http.client
import json
import os
import socket
import ssl
from dataclasses import dataclass

from proxies import ADDRESS, HOST

ORIGIN = f"https://{HOST}"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)

    def code(self):
        """The code of a refusal; a proxy's own answers have none."""
        return self.json().get("code") if "json" in self.headers.get("content-type", "") else None


@dataclass
class Cookie:
    value: str
    attributes: dict

    @classmethod
    def read(cls, line):
        pair, *rest = (part.strip() for part in line.split(";"))
        name, value = pair.split("=", 1)
        attributes = dict((part.lower().split("=", 1) + [""])[:2] for part in rest)
        return name, cls(value, attributes)


class Browser:
    def __init__(self, certificate, address="198.51.100.7", prefix=""):
        self.tls = ssl.create_default_context(cafile=certificate)
        self.address = address
        self.prefix = prefix
        self.cookies = {}

    def connect(self):
        plain = socket.create_connection((ADDRESS, 443), timeout=10, source_address=(self.address, 0))
        return self.tls.wrap_socket(plain, server_hostname=HOST)

    def head(self, method, csrf=True):
        """The headers that a browser adds on a page of this origin, and the CSRF value that its script does."""
        headers = {"Sec-Fetch-Site": "same-origin", "User-Agent": "Browser/1.0"}
        if method != "GET":
            headers["Origin"] = ORIGIN
        if csrf and method != "GET" and "csrf_access_token" in self.cookies:
            headers["X-CSRF-TOKEN"] = self.cookies["csrf_access_token"].value
        sent = "; ".join(f"{name}={cookie.value}" for name, cookie in self.cookies.items())
        return headers | ({"Cookie": sent} if sent else {})

    def send(self, method, path, form=None, csrf=True, **headers):
        """Sends a request. A header that is None is left out."""
        all_headers = self.head(method, csrf) | {name.replace("_", "-"): value for name, value in headers.items()}
        body = None
        if form is not None:
            body = json.dumps(form)
            all_headers["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection(HOST)
        connection.sock = self.connect()
        given = {name: value for name, value in all_headers.items() if value is not None}
        connection.request(method, self.prefix + path, body, given)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        for line in answer.headers.get_all("set-cookie", []):
            name, cookie = Cookie.read(line)
            self.cookies[name] = cookie
            if cookie.attributes.get("max-age") == "0":
                del self.cookies[name]
        return Answer(answer.status, answer.headers, body)

    def log_in(self, name="alice", password="correct horse battery", **headers):
        return self.send("POST", "/login", {"username": name, "password": password}, **headers)

    def addresses(self):
        """Those in the user's list of sessions, the latest first."""
        return [session["address"] for session in self.send("GET", "/sessions").json()["sessions"]]

    def events(self, path, **headers):
        """The answer to this request, while it goes on."""
        connection = http.client.HTTPConnection(HOST)
        connection.sock = self.connect()
        connection.sock.settimeout(2)
        connection.request("GET", path, headers=self.head("GET") | {"Accept": "text/event-stream"} | headers)
        return connection.getresponse()

    def socket(self, path, origin=ORIGIN):
        """A WebSocket, or the answer of who refused it."""
        connection = self.connect()
        key = base64.b64encode(os.urandom(16)).decode()
        headers = {"Host": HOST, "Origin": origin, "Upgrade": "websocket", "Connection": "Upgrade",
                   "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key, "Cookie": self.head("GET")["Cookie"]}  # fmt: skip
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        reader = connection.makefile("rb")
        status = int(reader.readline().split()[1])
        headers = http.client.parse_headers(reader)
        if status == 101:
            return Socket(connection, reader)
        return Answer(status, headers, reader.read(int(headers["content-length"] or 0)))


class Socket:
    """As much of RFC 6455 as short messages need."""

    def __init__(self, connection, reader):
        self.connection, self.reader = connection, reader

    def say(self, text):
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(text.encode()))
        self.connection.sendall(bytes([0x81, 0x80 | len(masked)]) + mask + masked)

    def hear(self):
        """The text of a message, or the code and reason of a close."""
        while True:
            kind, length = self.reader.read(2)
            if length == 126:
                length = int.from_bytes(self.reader.read(2), "big")
            content = self.reader.read(length)
            if kind & 0x0F == 1:
                return content.decode()
            if kind & 0x0F == 8:
                return int.from_bytes(content[:2], "big"), content[2:].decode()
