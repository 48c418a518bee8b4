"""The questions record_authx.py asks, and where handstamp answers them otherwise.

`authx` in the recorded file is what the original said; nothing about its answers is written here.
`differs` names the row of crates/handstamp/docs/differences.md that gives the reason, or several of them.
"""

HEADER = {"alg": "HS256", "typ": "JWT"}
ACCESS = {"sub": "user1", "jti": "row", "type": "access", "fresh": False, "csrf": "row-csrf", "iat": {"now": -5}, "exp": {"now": 600}}
REFRESH = {k: v for k, v in ACCESS.items() if k != "fresh"} | {"type": "refresh"}
JSON = ["Content-Type", "application/json"]

# What a rejection says in the style of AuthX.
NO_CSRF = "no or empty `X-CSRF-TOKEN`"
BODY = "unreadable log-in body"
ROUTING = "404, 405, HEAD"


def rejected(status, error_type, message):
    return {"status": status, "content_type": "application/json", "body": {"message": message, "error_type": error_type}, "set_cookie": []}


MISSING = rejected(401, "MissingTokenError", "Token Error")
MISSING_CSRF = rejected(401, "MissingCSRFTokenError", "<TEXT>")
CSRF = rejected(401, "CSRFError", "CSRF double submit does not match")
INVALID = rejected(422, "JWTDecodeError", "Invalid Token")
EXPIRED = rejected(422, "TokenExpiredError", "Token has expired")
GRANTED = {"status": 200, "body": {"message": "Access granted", "username": "user1", "email": "user1@example.com"}, "set_cookie": []}
LOGGED_OUT = {
    "status": 200,
    "body": {"message": "Successfully logged out"},
    "set_cookie": [
        "access_token_cookie=; Expires=<DATE>; HttpOnly; Max-Age=0; Path=/; SameSite=lax",
        "csrf_access_token=; Expires=<DATE>; Max-Age=0; Path=/; SameSite=lax",
        "refresh_token_cookie=; Expires=<DATE>; HttpOnly; Max-Age=0; Path=/; SameSite=lax",
        "csrf_refresh_token=; Expires=<DATE>; Max-Age=0; Path=/; SameSite=lax",
    ],
}
NEW_IDS = ["ids (`jti`, `csrf`)", "`exp`", "`nbf`"]
ACCESS_CLAIMS = {"sub": "user1", "jti": "<ID>", "type": "access", "fresh": False, "csrf": "<csrf_access_token>", "iat": "<NOW>", "nbf": "<NOW>", "exp": "<NOW+900>"}
REFRESH_CLAIMS = {"sub": "user1", "jti": "<ID>", "type": "refresh", "csrf": "<csrf_refresh_token>", "iat": "<NOW>", "nbf": "<NOW>", "exp": "<NOW+2592000>"}


def step(method, path, cookies=None, headers=None, body=None, differs=None, handstamp=None, **more):
    request = {"method": method, "path": path}
    differs = [differs] if isinstance(differs, str) else differs
    request |= {k: v for k, v in (("cookies", cookies), ("headers", headers), ("body", body)) if v is not None}
    return {"request": request} | ({"differs": differs, "handstamp": handstamp} if differs else {}) | more


def row(name, *steps, log_in=None, tokens=None):
    given = {k: v for k, v in (("log_in", log_in), ("tokens", tokens)) if v}
    return {"name": name} | given | {"steps": list(steps)}


def login(name, body, headers=(JSON,), **more):
    return row(name, step("POST", "/login", headers=list(headers), body=body, **more))


def protected(name, cookie, differs=None, handstamp=None, **row_more):
    """GET /protected with one Cookie line, after a log-in of user1."""
    return row(name, step("GET", "/protected", [cookie], differs=differs, handstamp=handstamp), log_in="user1", **row_more)


def claims(name, header=HEADER, claims=ACCESS, differs=None, handstamp=None, **sign):
    """GET /protected with a token made for this row."""
    token = {"row": {"header": header, "claims": claims} | sign}
    return row(name, step("GET", "/protected", ["access_token_cookie={token row}"], differs=differs, handstamp=handstamp), tokens=token)


def post(name, *csrf, cookies="jar", differs=None, handstamp=None):
    """POST /posts after a log-in of user1, with these X-CSRF-TOKEN headers."""
    headers = [["X-CSRF-TOKEN", value] for value in csrf]
    return row(name, step("POST", "/posts", cookies, headers, differs=differs, handstamp=handstamp), log_in="user1")


def refresh(name, *csrf, cookies="jar", **more):
    headers = [["X-CSRF-TOKEN", value] for value in csrf]
    return row(name, step("POST", "/refresh", cookies, headers, **more), log_in="user1")


def without(name, claims=ACCESS):
    return {k: v for k, v in claims.items() if k != name}


RIGHT = "{csrf_access_token}"
REFRESH_CSRF = ["X-CSRF-TOKEN", "{csrf_refresh_token}"]

LOGIN = [
    login("log in with the right password", '{"username":"user1","password":"password1"}'),
    row(
        "the claims of the two tokens of a log-in",
        step("POST", "/login", headers=[JSON], body='{"username":"user1","password":"password1"}', claims=True, differs=NEW_IDS,
             handstamp={"status": 200, "claims": {"access_token_cookie": ACCESS_CLAIMS, "refresh_token_cookie": REFRESH_CLAIMS}}),
    ),
    login("log in with a wrong password", '{"username":"user1","password":"password2"}'),
    login("log in as nobody we know", '{"username":"mallory","password":"password1"}'),
    login("log in with half a JSON object", '{"username":"user1"', differs=BODY, handstamp={"status": 400, "body": "<ANY>", "set_cookie": []}),
    login("log in without a password", '{"username":"user1"}', differs=BODY, handstamp={"status": 422, "body": "<ANY>", "set_cookie": []}),
    login("log in with a number as password", '{"username":"user1","password":1}', differs=BODY, handstamp={"status": 422, "body": "<ANY>", "set_cookie": []}),
    login("log in with a lone surrogate as name", '{"username":"\\ud800"}', differs="lone surrogate in the log-in body", handstamp={"status": 400, "body": "<ANY>", "set_cookie": []}),
    login("log in with a form", "username=user1&password=password1", [["Content-Type", "application/x-www-form-urlencoded"]], differs=BODY, handstamp={"status": 415, "body": "<ANY>", "set_cookie": []}),
    row("log in by GET", step("GET", "/login", differs=ROUTING, handstamp={"status": 405, "body": "<ANY>", "set_cookie": []})),
    row("a path that is not there", step("GET", "/nowhere", differs=ROUTING, handstamp={"status": 404, "body": "<ANY>", "set_cookie": []})),
]

PROTECTED = [
    row("protected with the cookies of a log-in", step("GET", "/protected", "jar"), log_in="user1"),
    row("protected as the other user", step("GET", "/protected", "jar"), log_in="user2"),
    row("protected with nothing", step("GET", "/protected")),
    row("a GET asks for no CSRF token and reads none", step("GET", "/protected", "jar", [["X-CSRF-TOKEN", "wrong"]]), log_in="user1"),
    row("a HEAD", step("HEAD", "/protected", "jar", differs=ROUTING, handstamp={"status": 200, "set_cookie": []}), log_in="user1"),
    row("an access token in a header, where only cookies are looked at", step("GET", "/protected", headers=[["Authorization", "Bearer {access_token_cookie}"]]), log_in="user1"),
    row("an access token in the query, where only cookies are looked at", step("GET", "/protected?token={access_token_cookie}"), log_in="user1"),
    row("a broken Authorization header beside a good cookie", step("GET", "/protected", "jar", [["Authorization", "Bearer nonsense"]]), log_in="user1"),
    protected("only the refresh cookie", "refresh_token_cookie={refresh_token_cookie}"),
    protected("an empty access cookie", "access_token_cookie="),
    protected("the refresh token in the access cookie", "access_token_cookie={refresh_token_cookie}"),
    protected("the cookie's name in other case", "Access_Token_Cookie={access_token_cookie}"),
    protected("a changed signature", "access_token_cookie={access_token_cookie|other signature}"),
    protected("a changed payload", "access_token_cookie={access_token_cookie|other payload}"),
    protected("a token with padding", "access_token_cookie={access_token_cookie|padded}", "padding or another spelling of base64url", INVALID),
    protected("a token without its signature", "access_token_cookie={access_token_cookie|two segments}"),
    protected("no token but a word", "access_token_cookie=nonsense"),
    protected("no token but two dots", "access_token_cookie=.."),
    protected("a token in double quotes", 'access_token_cookie="{access_token_cookie}"'),
    protected("bytes that are not UTF-8 in a neighbour cookie", "theme=\u00e9\u00ff; access_token_cookie={access_token_cookie}"),
    protected("a neighbour cookie without a name", "=x; junk; access_token_cookie={access_token_cookie}"),
    protected("the same cookie twice", "access_token_cookie={access_token_cookie}; access_token_cookie={access_token_cookie}"),
    protected("a forged cookie before the genuine one", "access_token_cookie={access_token_cookie|other signature}; access_token_cookie={access_token_cookie}"),
    protected("a forged cookie after the genuine one", "access_token_cookie={access_token_cookie}; access_token_cookie={access_token_cookie|other signature}",
              "several cookies of one name", GRANTED),
    protected("two genuine cookies of two users", "access_token_cookie={access_token_cookie}; access_token_cookie={token planted}",
              "several cookies of one name", INVALID,
              tokens={"planted": {"header": HEADER, "claims": ACCESS | {"sub": "user2"}}}),
    row("protected by POST", step("POST", "/protected", "jar", differs=ROUTING, handstamp={"status": 405, "body": "<ANY>", "set_cookie": []}), log_in="user1"),
]

CLAIMS = [
    claims("a token of our own making"),
    claims("expired", claims=ACCESS | {"iat": {"now": -900}, "exp": {"now": -2}}),
    claims("expires as a fraction, as AuthX writes it", claims=ACCESS | {"exp": 4102444800.5}),
    claims("expires as text", claims=ACCESS | {"exp": "4102444800"}, differs="`exp` as text, `fresh` as text", handstamp=INVALID),
    claims("without exp", claims=without("exp"), differs="no `exp`", handstamp=INVALID),
    claims("without iat", claims=without("iat"), differs="no `jti` or no `iat`", handstamp=INVALID),
    claims("without jti", claims=without("jti"), differs="no `jti` or no `iat`", handstamp=INVALID),
    claims("without type", claims=without("type"), differs="no `type`", handstamp=INVALID),
    claims("without sub", claims=without("sub")),
    claims("a sub that is empty", claims=ACCESS | {"sub": ""}, differs="empty `sub`", handstamp=INVALID),
    claims("a sub that is a number", claims=ACCESS | {"sub": 1}),
    claims("issued in 20 seconds", claims=ACCESS | {"iat": {"now": 20}}, differs="`iat` or `nbf` in the future", handstamp=GRANTED),
    claims("issued in two minutes", claims=ACCESS | {"iat": {"now": 120}}),
    claims("not before two minutes from now", claims=ACCESS | {"nbf": {"now": 120}}),
    claims("an audience where none is configured", claims=ACCESS | {"aud": "somebody else"}),
    claims("an issuer where none is configured", claims=ACCESS | {"iss": "somebody"}),
    claims("claims we do not know", claims=ACCESS | {"role": "admin", "depth": [[[1]]]}),
    claims("claims that are a list", claims=[1, 2]),
    claims("a type we do not know", claims=ACCESS | {"type": "id"}),
    claims("fresh as text", claims=ACCESS | {"fresh": "yes"}, differs="`exp` as text, `fresh` as text", handstamp=INVALID),
    claims("signed with another key", key="another-secret-of-another-service"),
    claims("alg none", header={"alg": "none", "typ": "JWT"}, mac="none"),
    claims("alg nOnE", header={"alg": "nOnE", "typ": "JWT"}, mac="none"),
    claims("HS512 with the right secret", header={"alg": "HS512", "typ": "JWT"}, mac="HS512"),
    claims("RS256 with the right secret as HMAC key", header={"alg": "RS256", "typ": "JWT"}),
    claims("no alg", header={"typ": "JWT"}),
    claims("a header without typ", header={"alg": "HS256"}),
    claims("a typ that is not JWT", header={"alg": "HS256", "typ": "secevent+jwt"}, differs="`typ` that is not JWT", handstamp=INVALID),
    claims("crit", header=HEADER | {"crit": ["exp"], "exp": 1}),
    claims("a key inside the header", header=HEADER | {"jwk": {"kty": "oct", "k": "AAAA"}, "jku": "http://localhost:1/"}),
    claims("a kid where none is configured", header=HEADER | {"kid": "any"}),
    claims("a header that is a list", header=[HEADER]),
]

POSTS = [
    post("post with the CSRF token in the header", RIGHT),
    row("the header's name in other case", step("POST", "/posts", "jar", [["x-csrf-token", RIGHT]]), log_in="user1"),
    row("post with a body", step("POST", "/posts", "jar", [["X-CSRF-TOKEN", RIGHT], JSON], '{"title":"New Post"}'), log_in="user1"),
    post("post without the CSRF header", differs=NO_CSRF, handstamp=MISSING_CSRF),
    post("post with an empty CSRF header", "", differs=NO_CSRF, handstamp=MISSING_CSRF),
    post("post with a wrong CSRF token", "wrong"),
    post("post with the CSRF token in other case", "{csrf_access_token}X"),
    post("post with the CSRF token of the refresh cookie", "{csrf_refresh_token}"),
    post("post with the right and a wrong CSRF header", RIGHT, "wrong", differs="two `X-CSRF-TOKEN` headers that differ", handstamp=CSRF),
    post("post with the right CSRF header twice", RIGHT, RIGHT),
    post("post with a byte that is not ASCII as CSRF token", "\u00e9", differs="a byte that is not ASCII in the header", handstamp=CSRF),
    post("post without cookies, with the JavaScript client's word for nothing", "undefined", cookies=[]),
    post("post with a CSRF header alone", RIGHT, cookies=["csrf_access_token={csrf_access_token}"]),
    post("a planted CSRF cookie changes nothing", "planted", cookies=["access_token_cookie={access_token_cookie}; csrf_access_token=planted"]),
    post("the CSRF cookie is not needed, only the header", RIGHT, cookies=["access_token_cookie={access_token_cookie}"]),
    row("expired and a wrong CSRF token: expired is said", step("POST", "/posts", ["access_token_cookie={token old}"], [["X-CSRF-TOKEN", "wrong"]]),
        tokens={"old": {"header": HEADER, "claims": ACCESS | {"iat": {"now": -900}, "exp": {"now": -2}}}}),
    row("expired and no CSRF token: expired is said", step("POST", "/posts", ["access_token_cookie={token old}"], differs="expired token and no `X-CSRF-TOKEN`", handstamp=EXPIRED),
        tokens={"old": {"header": HEADER, "claims": ACCESS | {"iat": {"now": -900}, "exp": {"now": -2}}}}),
    post("the refresh token and a wrong CSRF token: the purpose is said", "wrong", cookies=["access_token_cookie={refresh_token_cookie}"]),
    row("a token whose csrf claim is empty", step("POST", "/posts", ["access_token_cookie={token bare}"], [["X-CSRF-TOKEN", "any"]]),
        tokens={"bare": {"header": HEADER, "claims": ACCESS | {"csrf": ""}}}),
    row("a token without a csrf claim", step("POST", "/posts", ["access_token_cookie={token bare}"], [["X-CSRF-TOKEN", "any"]]),
        tokens={"bare": {"header": HEADER, "claims": without("csrf")}}),
]

REFRESHES = [
    refresh("refresh with the CSRF token of the refresh cookie", "{csrf_refresh_token}"),
    row("the claims of a refreshed access token", step("POST", "/refresh", "jar", [REFRESH_CSRF], claims=True, differs=NEW_IDS, handstamp={
        "status": 200, "claims": {"access_token_cookie": ACCESS_CLAIMS, "refresh_token_cookie": REFRESH_CLAIMS}}), log_in="user1"),
    refresh("refresh without the CSRF header", differs=NO_CSRF, handstamp=MISSING_CSRF),
    refresh("refresh with the CSRF token of the access cookie", RIGHT),
    refresh("refresh with a wrong CSRF token", "wrong"),
    refresh("refresh with nothing", cookies=[]),
    refresh("refresh with the access cookie alone", RIGHT, cookies=["access_token_cookie={access_token_cookie}"]),
    refresh("refresh with the access token in the refresh cookie", RIGHT, cookies=["refresh_token_cookie={access_token_cookie}"]),
    refresh("refresh with a changed signature", "{csrf_refresh_token}", cookies=["refresh_token_cookie={refresh_token_cookie|other signature}"]),
    row("refresh with an expired token", step("POST", "/refresh", ["refresh_token_cookie={token old}"], [["X-CSRF-TOKEN", "row-csrf"]]),
        tokens={"old": {"header": HEADER, "claims": REFRESH | {"iat": {"now": -900}, "exp": {"now": -2}}}}),
    row("refresh by GET", step("GET", "/refresh", "jar", differs=ROUTING, handstamp={"status": 405, "body": "<ANY>", "set_cookie": []}), log_in="user1"),
    row("after a refresh the new pair works, and so does the old one until it expires",
        step("POST", "/refresh", "jar", [REFRESH_CSRF]),
        step("GET", "/protected", "jar"),
        step("POST", "/posts", "jar", [["X-CSRF-TOKEN", RIGHT]]),
        step("POST", "/posts", "jar", [["X-CSRF-TOKEN", "{first csrf_access_token}"]]),
        step("GET", "/protected", ["access_token_cookie={first access_token_cookie}"]),
        log_in="user1"),
    row("without sessions a refresh token works until it expires",
        step("POST", "/refresh", "jar", [REFRESH_CSRF]), step("POST", "/refresh", "jar", [REFRESH_CSRF]), log_in="user1"),
]

DELETION = "deleting a cookie"

LOGOUTS = [
    row("log out, and protected is shut",
        step("POST", "/logout", "jar", differs=DELETION, handstamp=LOGGED_OUT),
        step("GET", "/protected", "jar"),
        step("POST", "/refresh", "jar", [REFRESH_CSRF]),
        log_in="user1"),
    row("log out without cookies", step("POST", "/logout", differs=DELETION, handstamp=LOGGED_OUT)),
    row("log out with broken cookies", step("POST", "/logout", ["access_token_cookie=nonsense"], differs=DELETION, handstamp=LOGGED_OUT)),
    row("without a store, a copied cookie outlives the log-out",
        step("POST", "/logout", "jar", differs=DELETION, handstamp=LOGGED_OUT),
        step("GET", "/protected", ["access_token_cookie={first access_token_cookie}"]),
        log_in="user1"),
]

ROWS = LOGIN + PROTECTED + CLAIMS + POSTS + REFRESHES + LOGOUTS
