"""aiohttp, with a ClientSession whose jar also keeps cookies of addresses, and is kept in a file."""

import asyncio
import pathlib
import sys

import aiohttp

from steps import read_steps

if sys.argv[1] == "--version":
    sys.exit(print("aiohttp", aiohttp.__version__) or 0)

base, folder = sys.argv[1:]
file = pathlib.Path(folder) / "cookies.json"


async def main():
    jar = aiohttp.CookieJar(unsafe=True)
    if file.exists():
        jar.load(file)
    async with aiohttp.ClientSession(base, cookie_jar=jar) as session:
        for step in read_steps():
            csrf = next((one.value for one in jar if one.key == step.csrf_cookie), None)
            async with session.request(step.method, step.path, headers=step.headers(csrf), data=step.body) as answer:
                await answer.read()
    jar.save(file)


asyncio.run(main())
