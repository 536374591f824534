"""Takes the README's pictures: the bulletin of the real month, the rest from the demo.

``make screenshots`` after a change of what they show; look at each before you commit it. Needs
Chromium, LibreOffice and pdftoppm on the path; nothing leaves this machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

PROJECT = Path(__file__).parents[1]
PICTURES = Path(__file__).with_name("pictures")
#: The homes that ``make run`` and ``make demo`` leave.
OCTOBER = Path(os.environ.get("FANGAN_OCTOBER", PROJECT / "var"))
DEMO = Path(os.environ.get("FANGAN_DEMO", PROJECT / "var" / "demo"))
HOME = DEMO / "home"
MONTH, DISTRICT = "2022-10", "昆山市"
ENVIRONMENT = os.environ | {
    "FANGAN_RAW": str(DEMO / "raw"),
    "FANGAN_HOME": str(HOME),
    "DAGSTER_HOME": str(HOME / "dagster"),
}
PORT = 3987
WAIT_SECONDS = 300
SIZE = {"width": 1200, "height": 760}
#: Text stays readable, and the four pictures stay below 300 KB.
QUALITY = 45


def main() -> None:
    """Take all pictures and say how large they are."""
    PICTURES.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for home, name in ((OCTOBER, "bulletin"), (HOME, "quality")):
            page = browser.new_page(viewport=SIZE)
            page.goto((home / "published" / MONTH / f"{name}.html").as_uri())
            _take(page, name)
        with _webserver() as address:
            _take(_asset_graph(browser, address), "asset-graph")
        browser.close()
    _take_returned_workbook()
    for path in sorted(PICTURES.glob("*.jpg")):
        print(f"{path.relative_to(PROJECT)}: {path.stat().st_size // 1024} KB")


def _take(page: Page, name: str) -> None:
    page.screenshot(path=PICTURES / f"{name}.jpg", type="jpeg", quality=QUALITY)
    page.close()


def _asset_graph(browser: Browser, address: str) -> Page:
    """Open the graph of all assets, without menus and the dialog that a new home shows."""
    page = browser.new_page(viewport=SIZE | {"height": 520})
    page.goto(f"{address}/asset-groups")
    page.get_by_text("published", exact=True).last.wait_for(timeout=WAIT_SECONDS * 1000)
    page.wait_for_timeout(5_000)
    if (skip := page.get_by_role("button", name="Skip")).is_visible():
        skip.click()
    page.get_by_text("Hide navigation").click()
    page.wait_for_timeout(5_000)
    return page


@contextmanager
def _webserver() -> Iterator[str]:
    """Run Dagster's webserver over the demo's home; give its address once it answers."""
    address = f"http://127.0.0.1:{PORT}"
    executable = Path(sys.executable).with_name("dagster-webserver")
    arguments = ["-h", "127.0.0.1", "-p", str(PORT), "-m", "orchestration.definitions"]
    server = subprocess.Popen(
        [executable, *arguments], env=ENVIRONMENT, cwd=PROJECT, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait()


def _wait_for(address: str) -> None:
    for _ in range(WAIT_SECONDS):
        try:
            urlopen(address).close()  # noqa: S310 - our own server
            return
        except URLError:
            time.sleep(1)
    raise TimeoutError(f"{address} did not answer within {WAIT_SECONDS} s")


def _take_returned_workbook() -> None:
    """Give a district its rows back, and take the top of the workbook's first page."""
    _run(Path(sys.executable).with_name("fangan"), "return", MONTH, DISTRICT)
    [workbook] = (HOME / "returns" / MONTH).glob(f"*/{DISTRICT}*既有建筑排查台账*.xlsx")
    with TemporaryDirectory() as folder:
        _run("soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, workbook)
        [pdf] = Path(folder).glob("*.pdf")
        options = f"-jpeg -jpegopt quality={QUALITY} -singlefile -r 105 -H 560".split()
        _run("pdftoppm", *options, pdf, PICTURES / "returned-workbook")


def _run(*command: str | Path) -> None:
    """Run a program; that a command has findings, exit 1, is what the picture shows."""
    done = subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{command[0]} ended with {done.returncode}")


if __name__ == "__main__":
    main()
