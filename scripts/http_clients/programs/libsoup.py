"""libsoup, which GNOME's programs use, with a SoupCookieJarText; called from Python by GObject introspection."""

import pathlib
import sys

import gi

gi.require_version("Soup", "3.0")
from gi.repository import GLib, Soup

from steps import read_steps

if sys.argv[1] == "--version":
    sys.exit(print(f"libsoup {Soup.get_major_version()}.{Soup.get_minor_version()}.{Soup.get_micro_version()}") or 0)

base, folder = sys.argv[1:]
jar = Soup.CookieJarText.new(str(pathlib.Path(folder) / "cookies.txt"), False)
session = Soup.Session()
session.add_feature(jar)
for step in read_steps():
    message = Soup.Message.new(step.method, base + step.path)
    csrf = next((one.get_value() for one in jar.all_cookies() if one.get_name() == step.csrf_cookie), None)
    for name, value in step.headers(csrf).items():
        message.get_request_headers().append(name, value)
    if step.body is not None:
        message.set_request_body_from_bytes("application/json", GLib.Bytes.new(step.body.encode()))
    session.send_and_read(message)
