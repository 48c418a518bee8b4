"""WebKitGTK, which Safari shares its engine with: opens the page, and ends when the page closes itself."""

import pathlib
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2

if sys.argv[1] == "--version":
    sys.exit(print(f"WebKitGTK {WebKit2.get_major_version()}.{WebKit2.get_minor_version()}.{WebKit2.get_micro_version()}") or 0)

page, folder = sys.argv[1:]
view = WebKit2.WebView()
manager = view.get_context().get_cookie_manager()
manager.set_persistent_storage(str(pathlib.Path(folder) / "cookies.txt"), WebKit2.CookiePersistentStorage.TEXT)
view.connect("close", Gtk.main_quit)
view.load_uri(page)
window = Gtk.Window()
window.add(view)
window.show_all()
Gtk.main()
