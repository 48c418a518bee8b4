"""urllib with a jar by RFC 2965, in which every cookie is of version 1.

Servers of that time asked for it with `Set-Cookie2` or `Version=1`. handstamp does not, so the version is set in the jar.
"""

import http.cookiejar
import sys
import urllib.error
import urllib.request

from steps import csrf_value, read_steps

if sys.argv[1] == "--version":
    sys.exit(print("Python", sys.version.split()[0]) or 0)

jar = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(rfc2965=True))
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
for step in read_steps():
    body = None if step.method == "GET" else (step.body or "").encode()
    headers = step.headers(csrf_value(jar, step))
    request = urllib.request.Request(sys.argv[1] + step.path, body, headers, method=step.method)
    try:
        opener.open(request).read()
    except urllib.error.HTTPError as refusal:
        refusal.read()
    for cookie in jar:
        cookie.version, cookie.path_specified = 1, True
