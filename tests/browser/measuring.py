"""What axe finds on a page in every size and theme, and what does not fit its width."""

from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["DESKTOP", "TELEPHONE", "View", "axe_script", "violations"]

DESKTOP, TELEPHONE = (1280, 900), (390, 844)
# The width and the height of a window, and its theme.
View = tuple[tuple[int, int], str]

# What may differ between light and dark; the rest is asked of one theme in each size.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
# Colours fade from one theme into the other, and panels in: axe would measure them on their way.
STILL = "*, *::before, *::after { transition: none !important; animation: none !important; }"
RUN = """async ([part, rules]) => {
    const runOnly = rules ? {runOnly: {type: "rule", values: rules}} : {};
    const found = await axe.run(part || document, {resultTypes: ["violations"], ...runOnly});
    return found.violations.flatMap(rule => rule.nodes.map(node => [
        rule.id, node.target.join(" "), node.html.slice(0, 160), node.failureSummary || ""]));
}"""


def axe_script() -> str:
    """Return the script of axe-core."""
    from axe_playwright_python.base import AXE_SCRIPT

    script: str = AXE_SCRIPT
    return script


def violations(
    page: Any, part: dict[str, Any] | None, axe: str, views: Iterable[View], *, whole: bool = False
) -> Iterator[str]:
    """
    Yield what axe finds in every view, and what does not fit its width.

    Args:
        page: The page, open.
        part: What of it is looked at, as axe takes it; None for all.
        axe: The script of axe-core.
        views: The sizes and themes.
        whole: Whether every rule is asked in the dark too, and not those of colours alone.
    """
    page.evaluate(axe)
    page.add_style_tag(content=STILL)
    for (width, height), theme in views:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        rules = OF_COLOURS if theme == "dark" and not whole else None
        for finding in page.evaluate(RUN, [part, rules]):
            yield f"{width} {theme}: {' | '.join(finding)}"
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            yield f"{width} {theme}: scrolls sideways by {wide} pixels"
