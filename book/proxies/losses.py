"""What is lost when a line of the page is left out, or is not as it should be."""

from rows import ALICE, expect, user1


def all_clients_are_the_proxy(site):
    browser = site.logged_in()
    assert browser.addresses() == ["127.0.0.1"], browser.addresses()


def the_log_names_the_header(site):
    site.logged_in()
    assert "127.0.0.1 is a trusted proxy and sent no X-Forwarded-For" in site.service.log(), site.service.log()


def the_log_names_the_argument(site):
    site.logged_in()
    assert "start with --trusted-proxy 127.0.0.1" in site.service.log(), site.service.log()


def cookies_are_not_secure(site):
    browser = site.logged_in()
    assert "secure" not in browser.cookies["access_token_cookie"].attributes


def no_page_opens_a_socket(site):
    expect(user1(site).socket("/chat"), 403, "origin_not_allowed")


def an_upgrade_does_not_arrive(site):
    answer = user1(site).socket("/chat")
    assert answer.status in (400, 426), answer


def an_old_browser_cannot_log_in(site):
    expect(site.browser().log_in(), 200)
    expect(site.browser().log_in(Sec_Fetch_Site=None), 403, "origin_not_allowed")


def an_old_browser_can_log_in(site):
    expect(site.browser().log_in(Sec_Fetch_Site=None), 200)


def the_log_in_is_a_502(site):
    expect(site.browser().log_in(), 502)


def many_cookies_are_a_400(site):
    expect(site.browser().send("GET", "/session", Cookie=f"other={'x' * 9000}"), 400)


def many_cookies_arrive(site):
    expect(site.browser().send("GET", "/session", Cookie=f"other={'x' * 9000}"), 200)


def there_is_nothing(site):
    assert site.browser().send("GET", "/session").status == 404


def events_are_held_back(site):
    """Not even the head of the answer comes."""
    try:
        events = user1(site).events("/events")
    except TimeoutError:
        return
    raise AssertionError(f"it came: {events.status}")


def silence_ends_the_socket(site):
    chat = user1(site).socket("/chat")
    assert chat.reader.read(2) == b"", "it is still open"


def another_name_is_refused(site):
    browser = site.logged_in()
    expect(browser.send("POST", "/posts", {"title": "x"}, Sec_Fetch_Site=None), 403, "origin_not_allowed")


def anyone_has_any_address(site):
    browser = site.logged_in(X_Forwarded_For="203.0.113.9")
    assert browser.addresses()[0] == "203.0.113.9" != ALICE, browser.addresses()
