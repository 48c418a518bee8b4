"""The clients: how each is called, what it needs, and how that is installed."""

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parents[1] / "target")) / "clients"
VENV = TARGET / "venv/bin/python"
# That of `scripts/test` has httpx only.
OTHER_VENV = Path(os.environ.get("INTEROP_PYTHON", TARGET.parent / "venv/bin/python"))
PYTHON = VENV if VENV.exists() else OTHER_VENV
DEBIAN_PYTHON = "/usr/bin/python3"
JARS = Path("/usr/share/java")
# For child processes: where Node finds its packages, and reqwest's program is built.
ENVIRONMENT = os.environ | {
    "CLIENT_MODULES": str(TARGET / "npm"),
    "CARGO_TARGET_DIR": str(TARGET / "cargo"),
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass(frozen=True)
class Need:
    """Something that must be there: a command whose exit status says so, and what installs it."""

    test: list[str]
    kind: str  # apt, pip or npm
    package: str

    def is_there(self):
        try:
            return subprocess.run(self.test, env=ENVIRONMENT, capture_output=True).returncode == 0
        except FileNotFoundError:
            return False

    def installation(self):
        """Returns the commands that install it."""
        match self.kind:
            case "apt":
                return [["apt-get", "install", "--yes", "--no-install-recommends", self.package]]
            case "pip":
                install = [str(VENV), "-m", "pip", "install", "--quiet", "--requirement", str(HERE / "requirements.txt")]
                return [[sys.executable, "-m", "venv", str(TARGET / "venv")], install]
            case "npm":
                copy = ["cp", str(HERE / "package.json"), str(HERE / "package-lock.json"), str(TARGET / "npm")]
                install = ["npm", "ci", "--prefix", str(TARGET / "npm"), "--ignore-scripts", "--no-audit", "--no-fund"]
                return [["mkdir", "--parents", str(TARGET / "npm")], copy, install]


@dataclass(frozen=True)
class Client:
    name: str
    command: list[str]  # called with the address, a folder for what it keeps, and the steps on standard input
    needs: list[Need]
    keeps: bool = False  # it has a store of its own on disk, and is ended and started again between two steps
    build: list[str] | None = None
    version: list[str] | None = None  # by default the command with `--version`
    browser: bool = False  # it opens a page, and ends when the page closes itself
    profile: Path | None = None  # of Firefox: its preferences


def missing(client):
    """Returns what a client needs and does not find."""
    return [need for need in client.needs if not need.is_there()]


def prepare(client):
    """Builds the program of a client that has to be compiled."""
    if client.build:
        TARGET.mkdir(parents=True, exist_ok=True)
        subprocess.run(client.build, env=ENVIRONMENT, check=True)


def version(client):
    prepare(client)
    command = client.version or [*client.command, "--version"]
    said = subprocess.run(command, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return said.stdout.partition(" built on ")[0].strip()


def executable(name, package):
    return Need(["sh", "-c", f"command -v {name}"], "apt", package)


def python(name, *modules, keeps=False):
    test = "; ".join(f"import {module}" for module in modules)
    needs = [Need([str(PYTHON), "-c", test], "pip", " and ".join(modules))]
    return Client(name, [str(PYTHON), str(PROGRAMS / f"{name}.py")], needs, keeps)


def debian_python(library, version):
    """What GObject introspection needs, which only Debian's own Python has."""
    test = f"import gi; gi.require_version({library!r}, {version!r}); from gi.repository import {library}"
    package = f"gir1.2-{library.lower()}-{version}"
    return [Need([DEBIAN_PYTHON, "-c", "import gi"], "apt", "python3-gi"), Need([DEBIAN_PYTHON, "-c", test], "apt", package)]


def node(name, *modules, keeps=False):
    test = "; ".join(f"require(process.env.CLIENT_MODULES + '/node_modules/{module}/package.json')" for module in modules)
    needs = [executable("node", "nodejs"), Need(["node", "-e", test], "npm", modules[0])]
    return Client(name, ["node", str(PROGRAMS / f"{name}.mjs")], needs, keeps)


def java(name, program, *arguments, jars=(), package=None):
    path = ":".join([str(TARGET / "java"), *(str(JARS / f"{jar}.jar") for jar in jars)])
    needs = [Need(["javac", "--version"], "apt", "openjdk-17-jdk-headless")]
    if package:
        needs.append(Need(["test", "-e", str(JARS / f"{jars[0]}.jar")], "apt", package))
    sources = [str(PROGRAMS / "java" / f"{file}.java") for file in ("Steps", program)]
    build = ["javac", "-cp", path, "-d", str(TARGET / "java"), *sources]
    return Client(name, ["java", "-cp", path, program, *arguments], needs, build=build)


def script(name, file, interpreter, package, *needs, keeps=True):
    return Client(name, [interpreter, str(PROGRAMS / file)], [executable(interpreter, package), *needs], keeps)


RUBY_JAR = Need(["ruby", "-rhttp/cookie_jar", "-e1"], "apt", "ruby-http-cookie")
GUZZLE = "/usr/share/php/GuzzleHttp/autoload.php"
APACHE = ("httpclient", "httpcore", "commons-logging", "commons-codec")
REQWEST = PROGRAMS / "rust_reqwest"
GO = TARGET / "go_cookiejar"
CHROMIUM = os.environ.get("CHROMIUM", "chromium")
CLIENTS = [
    script("curl", "curl.sh", "bash", "bash", executable("curl", "curl")),
    script("wget", "wget.sh", "bash", "bash", executable("wget", "wget")),
    Client("python_urllib", [sys.executable, str(PROGRAMS / "python_urllib.py")], [], keeps=True),
    Client("python_rfc2965", [sys.executable, str(PROGRAMS / "python_rfc2965.py")], []),
    python("python_requests", "requests"),
    python("python_httpx", "httpx"),
    python("python_aiohttp", "aiohttp", keeps=True),
    node("node_fetch", "tough-cookie", keeps=True),
    node("node_axios", "axios", "axios-cookiejar-support"),
    Client(
        "rust_reqwest",
        [str(TARGET / "cargo/debug/rust-reqwest")],
        [],
        build=["cargo", "build", "--quiet", "--locked", "--manifest-path", str(REQWEST / "Cargo.toml")],
        version=["sed", "-n", '/name = "reqwest"/{n;s/version = "\\(.*\\)"/reqwest \\1/p}', str(REQWEST / "Cargo.lock")],
    ),
    Client(
        "go_cookiejar",
        [str(GO)],
        [Need(["go", "version"], "apt", "golang-go")],
        build=["go", "build", "-o", str(GO), str(PROGRAMS / "go_cookiejar/main.go")],
    ),
    java("java_net_http", "JavaNetHttp"),
    java("java_url_connection", "UrlConnection"),
    java("okhttp", "OkHttp", jars=("okhttp", "okhttp-urlconnection", "okio"), package="libokhttp-java"),
    java("apache_default", "ApacheHttpClient", "default", jars=APACHE, package="libhttpclient-java"),
    java("apache_standard", "ApacheHttpClient", "standard", jars=APACHE, package="libhttpclient-java"),
    python("dotnet", "clr_loader", "dotnetcore2"),
    Client("libsoup", [DEBIAN_PYTHON, str(PROGRAMS / "libsoup.py")], debian_python("Soup", "3.0"), keeps=True),
    script("perl_lwp", "perl_lwp.pl", "perl", "perl", Need(["perl", "-MLWP", "-e1"], "apt", "libwww-perl")),
    script("ruby_http_cookie", "ruby_http_cookie.rb", "ruby", "ruby", RUBY_JAR),
    script("php_guzzle", "php_guzzle.php", "php", "php-cli", Need(["test", "-e", GUZZLE], "apt", "php-guzzlehttp-guzzle")),
    Client(
        "chromium",
        [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-background-networking", "--user-data-dir={folder}", "{page}"],
        [executable(shlex.quote(CHROMIUM), "chromium")],
        keeps=True,
        version=[CHROMIUM, "--version"],
        browser=True,
    ),
    Client(
        "firefox",
        ["firefox-esr", "--headless", "--no-remote", "--profile", "{folder}", "{page}"],
        [executable("firefox-esr", "firefox-esr")],
        keeps=True,
        version=["firefox-esr", "--version"],
        browser=True,
        profile=PROGRAMS / "firefox.js",
    ),
    Client(
        "webkitgtk",
        ["xvfb-run", "--auto-servernum", DEBIAN_PYTHON, str(PROGRAMS / "webkitgtk.py"), "{page}", "{folder}"],
        [*debian_python("WebKit2", "4.1"), executable("xvfb-run", "xvfb"), executable("xauth", "xauth")],
        keeps=True,
        version=[DEBIAN_PYTHON, str(PROGRAMS / "webkitgtk.py"), "--version"],
        browser=True,
    ),
]
