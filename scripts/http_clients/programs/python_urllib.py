"""urllib of Python's standard library with http.cookiejar, kept in a file as Netscape did."""

import http.cookiejar
import pathlib
import sys
import urllib.error
import urllib.request

from steps import csrf_value, read_steps

if sys.argv[1] == "--version":
    sys.exit(print("Python", sys.version.split()[0]) or 0)

base, folder = sys.argv[1:]
jar = http.cookiejar.MozillaCookieJar(pathlib.Path(folder) / "cookies.txt")
if pathlib.Path(jar.filename).exists():
    jar.load()
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
for step in read_steps():
    body = None if step.method == "GET" else (step.body or "").encode()
    request = urllib.request.Request(base + step.path, body, step.headers(csrf_value(jar, step)), method=step.method)
    try:
        opener.open(request).read()
    except urllib.error.HTTPError as refusal:
        refusal.read()
jar.save()
