"""The site as those see it who read it in a browser."""

from collections.abc import Callable

import built_pages
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, expect

FUNCTION = "reference/sagemakerruntime/sagemakerruntime_invoke_endpoint_async/"
OTHER_FUNCTION = "reference/sagemakerruntime/sagemakerruntime_invoke_endpoint/"
STREAM = (
    "reference/sagemakerruntime/sagemakerruntime_invoke_endpoint_with_response_stream/"
)
# The layout can only be tested after rendering.
UNFOLD = "document.querySelectorAll('details').forEach(folded => folded.open = true)"
# The first line of each visible block of code that is wider than the page shows.
CUT_OFF = """() => [...document.querySelectorAll('pre > code')]
    .filter(code => code.checkVisibility() && code.scrollWidth > code.clientWidth + 1)
    .map(code => code.textContent.trim().split('\\n')[0])"""
# The first line of each visible block of code with text below its copy button.
COVERED = """() => [...document.querySelectorAll('pre > code')]
    .filter(code => code.checkVisibility() && code.parentNode.querySelector('.md-code__nav'))
    .filter(code => {
        const button = code.parentNode.querySelector('.md-code__nav').getBoundingClientRect()
        const texts = document.createRange()
        texts.selectNodeContents(code)
        return [...texts.getClientRects()].some(text => text.width > 0
            && text.right > button.left && text.left < button.right
            && text.bottom > button.top && text.top < button.bottom)
    })
    .map(code => code.textContent.trim().split('\\n')[0])"""
PHONE, DESKTOP = 360, 1280
# The text of a heading, without the link to itself.
HEADING = "h1 => (h1.querySelector('.headerlink')?.remove(), h1.textContent.trim())"
# Material's names for the light and the dark color scheme.
SCHEMES = {"light": "default", "dark": "slate"}

OpenPage = Callable[..., Page]


def test_title_of_every_page_is_its_heading(open_page, site):
    page = open_page()
    assert page.title().endswith("paws-py")
    titles = {}
    for path in filter(None, built_pages.paths(site)):
        page.goto(path)
        titles[page.title()] = page.locator("h1").evaluate(HEADING) + " - paws-py"
    assert "sagemakerruntime_invoke_endpoint_async - paws-py" in titles
    assert {title: head for title, head in titles.items() if title != head} == {}


@pytest.mark.parametrize("words", ["InputLocation", "inputloc", "invoke async"])
def test_search_finds_a_parameter_and_its_function(open_page, words):
    page = open_page()
    page.get_by_role("button", name="Search").click()
    page.get_by_role("combobox", name="Search").press_sequentially(words)
    found = page.get_by_role("option").and_(page.locator(f"a[href*='{FUNCTION}']"))
    found.first.click()
    expect(page.locator("h1")).to_contain_text("invoke_endpoint_async")


def test_choice_of_language_holds_on_the_next_page(open_page):
    page = open_page(FUNCTION)
    request = page.locator(".tabbed-block:visible").last
    expect(request).to_contain_text("paws.sagemaker")
    page.locator(".tabbed-labels").get_by_text("HTTP", exact=True).click()
    expect(request).to_contain_text("POST /endpoints/")
    page.goto(OTHER_FUNCTION)
    expect(request).to_contain_text("POST /endpoints/")


def test_choice_of_r_holds_for_the_whole_page(open_page):
    page = open_page(FUNCTION)
    usage_and_request = page.locator(".tabbed-block:visible")
    expect(usage_and_request.last).to_contain_text("paws.sagemaker")
    r = page.locator(".tabbed-labels").get_by_text("R", exact=True)
    if r.count() == 0:
        pytest.skip("R's help pages were not there when the site was built")
    r.first.click()
    expect(usage_and_request.last).to_contain_text("svc$")
    expect(usage_and_request.first).not_to_contain_text("def sagemaker")


def test_chosen_colours_stay_on_the_next_page(open_page):
    page = open_page(scheme="light")
    page.get_by_title("Use light colours").click()
    page.get_by_title("Use dark colours").click()
    _expect_colours(page, "slate")
    page.goto(FUNCTION)
    _expect_colours(page, "slate")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_link_to_a_parameter_lands_on_it(open_page, width):
    page = open_page(FUNCTION + "#InputLocation", width=width)
    place = page.locator("#InputLocation")
    expect(place).to_be_in_viewport()
    header = page.locator(".md-header").bounding_box()
    assert header["y"] + header["height"] <= place.bounding_box()["y"]


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_link_to_a_structure_unfolds_it(open_page, width):
    page = open_page(STREAM + "#type-PayloadPart", width=width)
    expect(page.locator("#type-PayloadPart dt").first).to_be_in_viewport()
    page.locator("a[href='#type-ResponseStream']").first.click()
    expect(page.locator("#type-ResponseStream dt").first).to_be_in_viewport()


# Colors do not depend on the width, and the layout does not depend on the colors.
@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")])
def test_every_page_is_readable(open_page, site, width, scheme):
    page = open_page(width=width, scheme=scheme)
    wide, cut_off, covered, violations = {}, {}, {}, []
    for path in built_pages.paths(site):
        page.goto(path)
        _expect_colours(page, SCHEMES[scheme])
        page.evaluate(UNFOLD)
        wide[path] = page.evaluate("document.scrollingElement.scrollWidth") - width
        cut_off[path] = page.evaluate(CUT_OFF)
        covered[path] = page.evaluate(COVERED)
        violations += [
            f"/{path}: {found['id']}: {node['html']}: {node['failureSummary']}"
            for found in Axe().run(page).response["violations"]
            if found["impact"] in ("serious", "critical")
            for node in found["nodes"]
        ]
    assert {path: more for path, more in wide.items() if more > 0} == {}
    assert {path: code for path, code in cut_off.items() if code} == {}
    assert {path: code for path, code in covered.items() if code} == {}
    assert violations == []


def test_script_of_a_page_cannot_ask_another_host(browser, address):
    def is_refusal(said: ConsoleMessage) -> bool:
        return "violates the following Content Security Policy" in said.text

    with browser.new_page() as page:
        page.goto(address)
        with page.expect_console_message(is_refusal) as refusal:
            page.evaluate("fetch('https://elsewhere.invalid/').catch(() => {})")
    assert "https://elsewhere.invalid/" in refusal.value.text


def _expect_colours(page: Page, scheme: str) -> None:
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", scheme)
