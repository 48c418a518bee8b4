"""Which rows run behind which configuration of the page."""

from dataclasses import dataclass, field

import losses
import rows


@dataclass
class Group:
    title: str
    configuration: str
    rows: list
    edits: list = field(default_factory=list)
    # What is started, with which settings; a service that is no block of the page is an example.
    program: str = "handstamp"
    settings: dict = field(default_factory=dict)
    service_edits: list = field(default_factory=list)
    # Of the file that Traefik starts with.
    start_edits: list = field(default_factory=list)
    prefix: str = ""

    @property
    def proxy(self):
        return self.configuration.split()[0]


def groups(page):
    location = "    location / {\n        proxy_pass http://127.0.0.1:8000;\n    }\n"
    below = [(location, page.block("nginx prefix"))]
    entry_point = '  websecure:\n    address: ":443"\n'
    names = {"nginx": "nginx", "caddy": "Caddy", "traefik": "Traefik"}
    found = []
    for proxy, name in names.items():
        found += [
            Group(name, proxy, rows.AT_THE_ROOT),
            Group(f"{name}, a WebSocket", proxy, rows.SOCKETS, program="websocket"),
            Group(f"{name}, events", proxy, rows.EVENTS, program="events"),
        ]
    return [
        *found,
        Group("nginx, below a path", "nginx", rows.BELOW_A_PATH, below, prefix="/auth"),
        Group("Caddy, below a path", "caddy prefix", rows.BELOW_A_PATH, prefix="/auth"),
        Group("Traefik, below a path", "traefik prefix", rows.BELOW_A_PATH, prefix="/auth"),
        Group("nginx, behind a proxy", "nginx", rows.BEHIND_A_PROXY, program="handstamp cdn"),
        Group("Caddy, behind a proxy", "caddy cdn", rows.BEHIND_A_PROXY, program="handstamp cdn"),
        Group("Traefik, behind a proxy", "traefik", rows.BEHIND_A_PROXY, program="handstamp cdn",
              start_edits=[(entry_point, page.block("traefik cdn"))]),
        *without(below),
    ]  # fmt: skip


def without(below):
    """What is lost: the line is the title, the effect is the row."""
    report = "    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
    host = "    proxy_set_header Host            $host;\n"
    upgrade = "    proxy_set_header Upgrade         $http_upgrade;\n"
    version = "    proxy_http_version 1.1;\n"
    buffers = "    proxy_buffer_size 16k;\n    proxy_buffers     8 16k;\n"
    headers = "    large_client_header_buffers 4 32k;\n"
    origin = "export HANDSTAMP_PUBLIC_ORIGIN=https://app.example.com\n"
    trusted = " --trusted-proxy 127.0.0.1"
    long_tokens = {"JWT_ENCODE_ISSUER": "https://" + "x" * 1000}
    return [
        Group("nginx, no X-Forwarded-For", "nginx", [
            ("all clients have the address of the proxy", losses.all_clients_are_the_proxy),
            ("the log names the header", losses.the_log_names_the_header),
        ], [(report, "")]),
        Group("nginx, X-Forwarded-For as the client sent it", "nginx", [
            ("a client has any address that it likes", losses.anyone_has_any_address),
        ], [("$proxy_add_x_forwarded_for", "$http_x_forwarded_for")]),
        Group("no --trusted-proxy", "nginx", [
            ("all clients have the address of the proxy", losses.all_clients_are_the_proxy),
            ("the log names the argument", losses.the_log_names_the_argument),
        ], service_edits=[(trusted, "")]),
        Group("neither --trusted-proxy nor a public origin", "nginx", [
            ("cookies are not Secure", losses.cookies_are_not_secure),
        ], service_edits=[(trusted, ""), (origin, "")]),
        Group("another public origin", "nginx", [
            ("a post is refused where only Origin says who sent it", losses.another_name_is_refused),
        ], service_edits=[("https://app.example.com", "https://www.example.com")]),
        Group("no public origin", "nginx", [
            ("no page opens a WebSocket", losses.no_page_opens_a_socket),
        ], program="websocket", settings={"HANDSTAMP_PUBLIC_ORIGIN": None}),
        Group("nginx, no Host, with a public origin", "nginx", rows.AT_THE_ROOT, [(host, "")]),
        Group("nginx, no Host and no public origin", "nginx", [
            ("an old browser cannot log in", losses.an_old_browser_cannot_log_in),
        ], [(host, "")], service_edits=[(origin, "")]),
        Group("nginx, Host and no public origin", "nginx", [
            ("an old browser can log in", losses.an_old_browser_can_log_in),
        ], service_edits=[(origin, "")]),
        Group("nginx, no Upgrade", "nginx", [
            ("no WebSocket opens", losses.an_upgrade_does_not_arrive),
        ], [(upgrade, "")], program="websocket"),
        Group("nginx, HTTP/1.0 to the service", "nginx", [
            ("no WebSocket opens", losses.an_upgrade_does_not_arrive),
        ], [(version, "")], program="websocket"),
        Group("nginx, silence for proxy_read_timeout", "nginx", [
            ("it ends a WebSocket", losses.silence_ends_the_socket),
        ], [(version, version + "    proxy_read_timeout 1s;\n")], program="websocket"),
        Group("nginx, an application that does not say X-Accel-Buffering", "nginx", [
            ("events are held back", losses.events_are_held_back),
        ], [(version, version + "    proxy_ignore_headers X-Accel-Buffering;\n")], program="events"),
        Group("nginx, long tokens and its own buffers", "nginx", [
            ("a log-in is a 502", losses.the_log_in_is_a_502),
        ], [(buffers, "")], settings=long_tokens),
        Group("nginx, long tokens and the buffers of the page", "nginx", [
            ("a log-in is one", rows.a_log_in_is_one),
        ], settings=long_tokens),
        Group("nginx, 9 KB of cookies and its own buffers", "nginx", [
            ("a request is a 400", losses.many_cookies_are_a_400),
        ], [(headers, "")]),
        *(Group(f"{proxy}, 9 KB of cookies", proxy, [
            ("they arrive", losses.many_cookies_arrive),
        ]) for proxy in ("nginx", "caddy", "traefik")),
        Group("nginx, below a path without the slash at the end of proxy_pass", "nginx", [
            ("there is nothing", losses.there_is_nothing),
        ], [*below, ("http://127.0.0.1:8000/;", "http://127.0.0.1:8000;")], prefix="/auth"),
    ]  # fmt: skip
