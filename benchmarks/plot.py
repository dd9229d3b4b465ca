"""A plot of the ratios to the reference, as a small SVG."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any


def plot(ratios: Mapping[str, float], reference: str) -> str:
    """Return an SVG with a bar for each ratio; equal ratios give equal bytes.

    Parameters
    ----------
    ratios : mapping
        The ratio of each benchmark: below 1, paws is faster.
    reference : str
        The peer that paws is compared with.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # Text instead of outlines keeps the file small.
    style: Any = {"svg.fonttype": "none", "svg.hashsalt": "ratios", "font.size": 9}
    with mpl.rc_context(style):
        figure = Figure(figsize=(6, 0.4 * len(ratios) + 0.9), layout="constrained")
        axes = figure.subplots()
        bars = axes.barh(list(ratios), list(ratios.values()), color="#2b6ca3")
        axes.bar_label(bars, fmt="%.2f", padding=3)
        axes.axvline(1, color="#9e9e9e")
        axes.invert_yaxis()
        axes.set_xlabel(f"time of paws / time of {reference}")
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())
