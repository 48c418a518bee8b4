"""HttpClient of .NET with its CookieContainer, called from Python by pythonnet."""

import json
import os
import pathlib
import sys
import tempfile

import dotnetcore2.runtime

os.environ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1"  # no ICU is needed for this
import clr_loader
import pythonnet

from steps import read_steps

root = pathlib.Path(dotnetcore2.runtime.get_runtime_path()).parent
version = max((root / "shared/Microsoft.NETCore.App").iterdir()).name
with tempfile.NamedTemporaryFile("w", suffix=".runtimeconfig.json") as config:
    framework = {"name": "Microsoft.NETCore.App", "version": version}
    json.dump({"runtimeOptions": {"tfm": "netcoreapp3.1", "framework": framework}}, config)
    config.flush()
    pythonnet.set_runtime(clr_loader.get_coreclr(runtime_config=config.name, dotnet_root=root))
    pythonnet.load()

import clr

clr.AddReference("System.Net.Http")
clr.AddReference("System.Net.Primitives")
from System import Uri
from System.Net import CookieContainer
from System.Net.Http import HttpClient, HttpClientHandler, HttpMethod, HttpRequestMessage, StringContent
from System.Text import Encoding

if sys.argv[1] == "--version":
    sys.exit(print(".NET", version) or 0)

base = sys.argv[1]
handler = HttpClientHandler()
handler.CookieContainer = CookieContainer()
client = HttpClient(handler)
for step in read_steps():
    request = HttpRequestMessage(HttpMethod(step.method), base + step.path)
    csrf = handler.CookieContainer.GetCookies(Uri(base + step.path))[step.csrf_cookie]
    if csrf is not None:
        request.Headers.Add("X-CSRF-TOKEN", csrf.Value)
    if step.body is not None:
        request.Content = StringContent(step.body, Encoding.UTF8, "application/json")
    answer = client.SendAsync(request).Result
    answer.Content.ReadAsStringAsync().Wait()
