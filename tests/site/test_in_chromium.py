"""The site as those see it who read it in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import built_pages
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

FUNCTION = "reference/sagemakerruntime/sagemakerruntime_invoke_endpoint_async/"
PHONE, DESKTOP = 360, 1280
# The text of a heading, without the link to itself.
HEADING = "h1 => (h1.querySelector('.headerlink')?.remove(), h1.textContent.trim())"
# What Material calls the colours of a light and of a dark system.
SCHEMES = {"light": "default", "dark": "slate"}

OpenPage = Callable[..., Page]


def test_the_title_of_every_page_is_its_heading(
    open_page: OpenPage, site: Path
) -> None:
    page = open_page()
    assert page.title() == "paws-py"
    titles = {}
    for path in filter(None, built_pages.paths(site)):
        page.goto(path)
        titles[page.title()] = page.locator("h1").evaluate(HEADING) + " - paws-py"
    assert "sagemakerruntime_invoke_endpoint_async - paws-py" in titles
    assert {title: head for title, head in titles.items() if title != head} == {}


@pytest.mark.parametrize("words", ["InputLocation", "inputloc", "invoke async"])
def test_the_search_finds_a_parameter_and_leads_to_its_function(
    open_page: OpenPage, words: str
) -> None:
    page = open_page()
    page.get_by_role("textbox", name="Search").press_sequentially(words)
    found = page.locator(f".md-search-result__link[href*='{FUNCTION}']")
    found.first.click()
    expect(page.locator("h1")).to_contain_text("invoke_endpoint_async")


def test_a_choice_of_language_holds_for_the_whole_page(open_page: OpenPage) -> None:
    page = open_page(FUNCTION)
    usage_and_request = page.locator(".tabbed-block:visible")
    expect(usage_and_request).to_contain_text(["def sagemaker", "paws.sagemaker"])
    page.locator(".tabbed-labels").get_by_text("R", exact=True).first.click()
    expect(usage_and_request).to_contain_text(["_async(EndpointName,", "svc$"])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_colours_are_those_of_the_system(open_page: OpenPage, scheme: str) -> None:
    _expect_colours(open_page(scheme=scheme), SCHEMES[scheme])


def test_chosen_colours_stay_on_the_next_page(open_page: OpenPage) -> None:
    page = open_page(scheme="light")
    page.get_by_title("Use light colours").click()
    page.get_by_title("Use dark colours").click()
    _expect_colours(page, "slate")
    page.goto(FUNCTION)
    _expect_colours(page, "slate")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_link_to_a_parameter_lands_on_it(open_page: OpenPage, width: int) -> None:
    page = open_page(FUNCTION + "#InputLocation", width=width)
    place = page.locator("#InputLocation")
    expect(place).to_be_in_viewport()
    header = page.locator(".md-header").bounding_box()
    assert header["y"] + header["height"] <= place.bounding_box()["y"]


def test_no_page_is_wider_than_a_phone(open_page: OpenPage, site: Path) -> None:
    page = open_page(width=PHONE)
    wide = {}
    for path in built_pages.paths(site):
        page.goto(path)
        wide[path] = page.evaluate("document.scrollingElement.scrollWidth")
    assert {path: width for path, width in wide.items() if width > PHONE} == {}


# What the colours do is the same at every width, and the layout in all colours.
@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")])
def test_axe_finds_no_serious_fault(
    open_page: OpenPage, site: Path, width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme)
    faults = []
    for path in built_pages.paths(site):
        page.goto(path)
        _expect_colours(page, SCHEMES[scheme])
        faults += [
            f"/{path}: {fault['id']}: {node['html']}: {node['failureSummary']}"
            for fault in Axe().run(page).response["violations"]
            if fault["impact"] in ("serious", "critical")
            for node in fault["nodes"]
        ]
    assert faults == []


def test_a_script_of_a_page_cannot_ask_another_host(
    browser: Browser, address: str
) -> None:
    def is_refusal(said: ConsoleMessage) -> bool:
        return "violates the following Content Security Policy" in said.text

    with browser.new_page() as page:
        page.goto(address)
        with page.expect_console_message(is_refusal) as refusal:
            page.evaluate("fetch('https://elsewhere.invalid/').catch(() => {})")
    assert "https://elsewhere.invalid/" in refusal.value.text


def _expect_colours(page: Page, scheme: str) -> None:
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", scheme)
