"""The built site, served on the loopback interface, and a browser that reads it."""

import os
import shutil
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    ConsoleMessage,
    Page,
    Route,
    expect,
    sync_playwright,
)

LOOPBACK = "127.0.0.1"
# A machine that has other work may be slow.
PATIENCE_SECONDS = 60_000  # milliseconds
expect.set_options(timeout=PATIENCE_SECONDS)


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # a browser opens many connections at once


class _Files(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="session")
def site():
    """Return the folder of the built site."""
    return Path(os.environ["PAWS_SITE"])


@pytest.fixture(scope="session")
def address(site):
    """Serve the site, and return where."""
    handler = partial(_Files, directory=str(site))
    with _Server((LOOPBACK, 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://{LOOPBACK}:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser():
    """Start Debian's Chromium, or skip where it is not."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        # As root, in a container, Chromium starts without its sandbox only.
        browser = playwright.chromium.launch(
            executable_path=chromium, chromium_sandbox=os.geteuid() != 0
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, address):
    """Return a function that opens a page of the site, each time as a new reader.

    At the end, whatever the browser complained of is an error, and so is a request to
    another host, which is not let through.
    """
    complaints: list[str] = []

    def only_loopback(route: Route) -> None:
        if urlsplit(route.request.url).hostname == LOOPBACK:
            route.continue_()
        else:
            complaints.append(f"a request leaves: {route.request.url}")
            route.abort()

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def open_page(path: str = "", *, width: int = 1280, scheme: str = "light") -> Page:
        size = {"width": width, "height": 800}
        context = browser.new_context(
            base_url=address, color_scheme=scheme, viewport=size
        )
        context.set_default_timeout(PATIENCE_SECONDS)
        context.route("**/*", only_loopback)
        context.on("weberror", lambda failure: complaints.append(str(failure.error)))
        context.on("console", note)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in browser.contexts:
        context.close()
    assert complaints == []
