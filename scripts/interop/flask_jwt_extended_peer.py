"""flask-jwt-extended as the other side of the interoperability test: one JSON request a line in, one answer a line out.

    {"op": "issue", "settings", "purpose", "identity", "arguments"}
        -> {"token", "csrf", "set_cookie": [lines], "unset": [lines]}, made by create_*_token, set_*_cookies and unset_*_cookies
    {"op": "accept", "settings", "demand", "method", "target", "headers": [[name, value]], "body"}
        -> {"status", "claims" or "msg"}, from a Flask route guarded by jwt_required

`settings` are its JWT_* settings. `arguments` are those of create_*_token; where the package takes a
timedelta, {"seconds": number} is one. `demand` is "access", "fresh" or "refresh". A request that
fails is answered with {"error": text}, and the next line is read.
"""

import datetime
import json
import sys
import traceback

import flask_jwt_extended as fje
from flask import Flask, Response, jsonify

CREATE = {"access": fje.create_access_token, "refresh": fje.create_refresh_token}
SET = {"access": fje.set_access_cookies, "refresh": fje.set_refresh_cookies}
UNSET = {"access": fje.unset_access_cookies, "refresh": fje.unset_refresh_cookies}


def issue(settings: dict, purpose: str, identity: object, arguments: dict) -> dict:
    with flask(settings).app_context():
        token = CREATE[purpose](identity, **{name: argument(value) for name, value in arguments.items()})
        answer = {"token": token, "csrf": None, "set_cookie": [], "unset": lines(UNSET[purpose])}
        try:
            answer["set_cookie"] = lines(SET[purpose], token)
            answer["csrf"] = fje.decode_token(token).get("csrf")
        except Exception as error:  # it decodes the token again, and may refuse what it has made
            answer["refused"] = f"{type(error).__name__}: {error}"
        return answer


def argument(value: object) -> object:
    is_span = isinstance(value, dict) and value.keys() == {"seconds"}
    return datetime.timedelta(seconds=value["seconds"]) if is_span else value


def lines(write: object, *token: str) -> list[str]:
    response = Response()
    write(response, *token)
    return response.headers.getlist("Set-Cookie")


def accept(settings: dict, demand: str, method: str, target: str, headers: list, body: str) -> dict:
    app = flask(settings)

    @app.route("/", methods=["GET", "POST"])
    @fje.jwt_required(fresh=demand == "fresh", refresh=demand == "refresh")
    def route():
        return jsonify(claims=fje.get_jwt())

    answer = app.test_client(use_cookies=False).open(target, method=method, headers=headers, data=body)
    return {"status": answer.status_code} | answer.get_json()


def flask(settings: dict) -> Flask:
    app = Flask("peer")
    app.config.update(settings)
    fje.JWTManager(app)
    return app


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"issue": issue, "accept": accept}[request.pop("op")](**request)
        except Exception as error:  # the test shows it beside the row that asked
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
