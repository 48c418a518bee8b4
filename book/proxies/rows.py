"""What holds behind each proxy, and what is lost when a line of the page is left out."""

import socket
import subprocess
from dataclasses import dataclass

from browser import ORIGIN, Browser
from proxies import ADDRESS, HOST

ALICE, OTHER = "198.51.100.7", "198.51.100.8"


@dataclass
class Site:
    """A proxy and the service behind it, for as long as the rows of a group run."""

    certificate: str
    service: object
    prefix: str = ""

    def browser(self, address=ALICE):
        return Browser(self.certificate, address, self.prefix)

    def logged_in(self, **more):
        browser = self.browser()
        answer = browser.log_in(**more)
        assert answer.status == 200, f"the log-in: {answer}"
        return browser


def expect(answer, status, code=None):
    assert (answer.status, answer.code()) == (status, code), f"{answer.status} {answer.headers} {answer.body}"


# --- behind each proxy ---------------------------------------------------------------------------


def a_log_in_is_one(site):
    browser = site.logged_in()
    for name in ("access_token_cookie", "refresh_token_cookie", "csrf_access_token", "csrf_refresh_token"):
        attributes = browser.cookies[name].attributes
        assert "secure" in attributes and attributes["path"] == "/" and "domain" not in attributes, attributes
    expect(browser.send("GET", "/protected"), 200)


def posts_need_the_csrf_value(site):
    browser = site.logged_in()
    expect(browser.send("POST", "/posts", {"title": "x"}), 200)
    expect(browser.send("POST", "/posts", {"title": "x"}, csrf=False), 403, "missing_csrf_token")


def a_refresh_renews_the_cookies(site):
    browser = site.logged_in()
    before = browser.cookies["access_token_cookie"].value
    answer = browser.send("POST", "/refresh")
    expect(answer, 200)
    assert browser.cookies["access_token_cookie"].value != before
    expect(browser.send("GET", "/protected"), 200)


def the_address_is_the_clients(site):
    browser = site.logged_in()
    other = site.browser(OTHER)
    expect(other.log_in(), 200)
    assert browser.addresses()[:2] == [OTHER, ALICE], browser.addresses()


def a_forged_address_does_not_count(site):
    for forged in ("203.0.113.9", "127.0.0.1", "203.0.113.9, 127.0.0.1"):
        browser = site.logged_in(X_Forwarded_For=forged, X_Real_IP="203.0.113.9", Forwarded="for=203.0.113.9")
        assert browser.addresses()[0] == ALICE, f"{forged}: {browser.addresses()}"


def another_site_is_refused(site):
    browser = site.logged_in()
    for headers, code in (
        ({"Sec_Fetch_Site": "cross-site", "Origin": "https://evil.example"}, "cross_site_request"),
        ({"Sec_Fetch_Site": None, "Origin": "https://evil.example"}, "origin_not_allowed"),
    ):
        expect(browser.send("POST", "/posts", {"title": "x"}, **headers), 403, code)
        expect(site.browser().log_in(**headers), 403, code)
    expect(browser.send("POST", "/posts", {"title": "x"}, Sec_Fetch_Site=None), 200)


def a_log_out_ends_the_session(site):
    browser = site.logged_in()
    copy = dict(browser.cookies)
    expect(browser.send("POST", "/logout"), 200)
    assert set(browser.cookies) == {"device_access_token_cookie"}, browser.cookies
    browser.cookies = copy
    expect(browser.send("GET", "/protected"), 401, "session_ended")


def plain_http_leads_to_https(site):
    with socket.create_connection((ADDRESS, 80), timeout=10) as connection:
        connection.sendall(f"GET /session?x=1 HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        head = connection.makefile("rb").read().decode().lower()
    assert head.startswith("http/1.1 30") and f"location: {ORIGIN}/session?x=1" in head, head


def http_2_reaches_the_service(site):
    browser = site.logged_in()
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in browser.cookies.items())
    command = ["curl", "--silent", "--show-error", "--http2", "--cacert", site.certificate, "--cookie", cookies,
               "--resolve", f"{HOST}:443:{ADDRESS}", "--write-out", " %{http_version} %{http_code}",
               "--json", '{"title": "x"}', "--header", f"X-CSRF-TOKEN: {browser.cookies['csrf_access_token'].value}",
               "--header", f"Origin: {ORIGIN}", f"{ORIGIN}{site.prefix}/posts"]  # fmt: skip
    said = subprocess.run(command, text=True, capture_output=True, check=True).stdout
    assert said.endswith(" 2 200"), said


def https_is_required_from_then_on(site):
    assert site.browser().send("GET", "/session").headers["strict-transport-security"] == "max-age=31536000"


EVERYWHERE = [
    ("a log-in over https sets Secure cookies of this host, and is one", a_log_in_is_one),
    ("a post with the CSRF value passes, one without is 403", posts_need_the_csrf_value),
    ("a refresh renews the cookies", a_refresh_renews_the_cookies),
    ("the list of sessions has the address of each client", the_address_is_the_clients),
    ("a forged X-Forwarded-For does not change it", a_forged_address_does_not_count),
    ("a post and a log-in of another site are refused, one of ours passes", another_site_is_refused),
    ("a log-out ends the session and deletes the cookies", a_log_out_ends_the_session),
    ("HTTP/2 up to the proxy works", http_2_reaches_the_service),
]
AT_THE_ROOT = [
    *EVERYWHERE,
    ("plain http leads to https", plain_http_leads_to_https),
    ("browsers are told to use https from then on", https_is_required_from_then_on),
]


# --- below a path --------------------------------------------------------------------------------


def the_page_is_there(site):
    page = site.browser().send("GET", "/")
    assert page.status == 200 and b'src="page.js"' in page.body, page
    expect(site.browser().send("GET", "/page.js"), 200)


BELOW_A_PATH = [*EVERYWHERE, ("the page of the binary finds its script", the_page_is_there)]


# --- sockets and events --------------------------------------------------------------------------


def user1(site):
    browser = site.browser()
    assert browser.log_in("user1", "password1").status in (200, 204)
    return browser


def a_socket_hears_what_is_said(site):
    chat = user1(site).socket("/chat")
    chat.say("hello")
    assert chat.hear() == '{"from":"user1","text":"hello"}'


def a_socket_of_another_site_is_refused(site):
    expect(user1(site).socket("/chat", origin="https://evil.example"), 403, "origin_not_allowed")


def a_log_out_closes_the_socket(site):
    browser = user1(site)
    chat = browser.socket("/chat")
    expect(browser.send("POST", "/logout"), 200)
    assert chat.hear() == (4401, "token_revoked")


SOCKETS = [
    ("a WebSocket hears what is said", a_socket_hears_what_is_said),
    ("a WebSocket of another site is refused", a_socket_of_another_site_is_refused),
    ("a log-out closes the WebSocket with 4401", a_log_out_closes_the_socket),
]


def an_event_comes_at_once(site):
    browser = user1(site)
    events = browser.events("/events")
    assert events.status == 200, events.status
    expect(browser.send("POST", "/events", "news"), 204)
    assert events.readline() == b'data: "news"\n'


def a_log_out_ends_the_stream(site):
    browser = user1(site)
    events = browser.events("/events")
    expect(browser.send("POST", "/logout"), 204)
    assert events.read() == b""


EVENTS = [
    ("an event comes at once", an_event_comes_at_once),
    ("a log-out ends the stream", a_log_out_ends_the_stream),
]


# --- behind a second proxy -----------------------------------------------------------------------


def the_address_is_what_the_first_proxy_says(site):
    """Here the client at OTHER is that proxy."""
    first_proxy = site.browser(OTHER)
    expect(first_proxy.log_in(X_Forwarded_For="192.0.2.99, 203.0.113.9"), 200)
    assert first_proxy.addresses()[0] == "203.0.113.9", first_proxy.addresses()


BEHIND_A_PROXY = [
    ("the address is the one that the first proxy reports", the_address_is_what_the_first_proxy_says),
    ("a client that does not come through it cannot pretend to", a_forged_address_does_not_count),
]
