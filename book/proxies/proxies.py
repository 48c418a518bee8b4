"""Starts a proxy with a configuration of the page.

What the page cannot know is put around it here: folders, where certificates are, and for Caddy, that it makes them
itself rather than asking a certificate authority.
"""

import shutil
import socket
import ssl
import subprocess

from process import Process

HOST = "app.example.com"
# Where the proxy is, by the addresses of documentation (RFC 5737).
ADDRESS = "192.0.2.1"

NGINX = """
daemon off;
user root;
pid nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include app.conf;
}
"""

CADDY = """
{
    admin off
    local_certs
    skip_install_trust
}
"""


def start(group, page, folder):
    """Returns the running proxy, and the certificate that its clients trust."""
    make_certificate(folder)
    configuration = in_folder(page.block(group.configuration, group.edits), folder)
    if group.proxy == "traefik":
        (folder / "traefik.yml").write_text(in_folder(page.block("traefik start", group.start_edits), folder))
    process, certificate = STARTS[group.proxy](configuration, folder)
    process.wait_for(lambda: certificate.exists() and serves(certificate))
    return process, certificate


def nginx(configuration, folder):
    (folder / "nginx.conf").write_text(NGINX)
    (folder / "app.conf").write_text(configuration)
    command = ["nginx", "-e", "stderr", "-p", folder, "-c", folder / "nginx.conf"]
    return Process("nginx", command, folder), folder / "fullchain.pem"


def caddy(configuration, folder):
    (folder / "Caddyfile").write_text(CADDY + configuration)
    command = ["caddy", "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"]
    process = Process("caddy", command, folder, XDG_DATA_HOME=str(folder), XDG_CONFIG_HOME=str(folder))
    return process, folder / "caddy/pki/authorities/local/root.crt"


def traefik(configuration, folder):
    (folder / "app.yml").write_text(configuration)
    return Process("traefik", ["traefik", f"--configFile={folder}/traefik.yml"], folder), folder / "fullchain.pem"


STARTS = {"nginx": nginx, "caddy": caddy, "traefik": traefik}


def in_folder(text, folder):
    """The files that the page has in folders of the system."""
    return text.replace("/etc/ssl/app/", f"{folder}/").replace("/etc/traefik/", f"{folder}/")


def make_certificate(folder):
    command = f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={HOST} \
        -addext subjectAltName=DNS:{HOST} -keyout privkey.pem -out fullchain.pem"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)


def listens(port, address=ADDRESS):
    with socket.socket() as connection:
        return connection.connect_ex((address, port)) == 0


def serves(certificate):
    """Whether it answers with its certificate. Traefik listens before it has read its routes."""
    tls = ssl.create_default_context(cafile=certificate)
    try:
        with socket.create_connection((ADDRESS, 443), timeout=5) as plain, tls.wrap_socket(plain, server_hostname=HOST):
            return True
    except OSError:
        return False


def missing():
    """The proxies that are not installed."""
    return [name for name in STARTS if shutil.which(name) is None]
