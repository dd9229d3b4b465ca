"""Profiles as a picture."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Bars = Mapping[str, Mapping[str, float]]  # of a name to its percentages by stages

_LEAST = 1.0  # percent; what is smaller in all of them is one stage together
_REST = "all that is smaller"
_COLOURS = ("#9e9e9e", "#f2b36b", "#2b6ca3")


def plot(panels: Mapping[str, Bars]) -> str:
    """Return an SVG with a panel of bars for each profile: a group of bars a stage.

    The same figures give the same bytes: there is no date in it.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "stages", "font.size": 9}):
        figure = Figure(figsize=(9, 11), layout="constrained")
        # A stage takes as much room in one panel as in the other.
        gathered = {title: _gathered(bars) for title, bars in panels.items()}
        heights = [len(_stages(bars)) for bars in gathered.values()]
        axes = figure.subplots(len(gathered), height_ratios=heights)
        for axis, (title, bars) in zip(axes, gathered.items(), strict=True):
            _draw(axis, title, bars)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())


def _draw(axis: Axes, title: str, bars: Bars) -> None:
    stages = _stages(bars)
    thickness = 0.8 / len(bars)
    for index, ((name, shares), colour) in enumerate(
        zip(bars.items(), _COLOURS, strict=True)
    ):
        places = [row + index * thickness for row in range(len(stages))]
        axis.barh(
            places,
            [shares.get(stage, 0.0) for stage in stages],
            thickness,
            label=f"{name}: {sum(shares.values()):.0f} % in all",
            color=colour,
        )
    middle = thickness * (len(bars) - 1) / 2
    axis.set_yticks([row + middle for row in range(len(stages))], stages)
    axis.invert_yaxis()
    axis.set_xlabel("% of boto3's whole time")
    axis.set_title(title)
    axis.legend(loc="lower right")


def _gathered(bars: Bars) -> Bars:
    """Return the bars with what is small in all of them put together."""
    large = {
        stage
        for shares in bars.values()
        for stage, share in shares.items()
        if share >= _LEAST
    }
    return {
        name: {
            **{stage: share for stage, share in shares.items() if stage in large},
            _REST: sum(share for stage, share in shares.items() if stage not in large),
        }
        for name, shares in bars.items()
    }


def _stages(bars: Bars) -> list[str]:
    """Return the stages, those first that take most."""
    most: dict[str, float] = {}
    for shares in bars.values():
        for stage, share in shares.items():
            most[stage] = max(share, most.get(stage, 0.0))
    stages = sorted(most, key=lambda stage: -most[stage])
    return [*(stage for stage in stages if stage != _REST), _REST]
