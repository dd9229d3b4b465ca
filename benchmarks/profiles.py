"""Where the time of a warm call and of a start goes, before and now."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from measuring import Plan, interleave
from payloads import THREE
from peers import PEERS, REFERENCE
from plot import plot
from processes import HERE
from sampling import sampling
from stages import by_stages, leading_to
from tables import Report, number, table

# Of a stage to its seconds, in one call.
Profile = Mapping[str, float]
# Of a peer to its profile.
Profiles = dict[str, Profile]

OURS = "paws"
_NAMES = (OURS, REFERENCE)
_TITLES = {"call": "Warm call", "start": "Import, service and first call"}
_COSTS = 10


def profiles(plan: Plan) -> Report:
    """The largest costs of a warm call, and of a start (one a round), and all in a picture."""
    now = {"call": _calls(plan), "start": _starts(plan)}
    before = json.loads((HERE / "data" / "before.json").read_text(encoding="utf-8"))
    remedies = json.loads((HERE / "data" / "remedies.json").read_text(encoding="utf-8"))
    tables = (
        f"{title}, in % of {REFERENCE}'s whole time:\n\n{_costs(now[name], remedies)}"
        for name, title in _TITLES.items()
    )
    picture = "![The stages of a call and of a start](stages.svg)"
    files = {
        "data/now.json": json.dumps(now, indent=2) + "\n",
        "stages.svg": plot(
            {
                title: {
                    REFERENCE: _relative(now[name], REFERENCE),
                    f"{OURS} before": _relative(before[name], OURS),
                    f"{OURS} now": _relative(now[name], OURS),
                }
                for name, title in _TITLES.items()
            }
        ),
    }
    return Report("\n\n".join([picture, *tables]), files)


def _calls(plan: Plan) -> Profiles:
    calls = {name: partial(PEERS[name](), **THREE) for name in _NAMES}
    blocks = {name: partial(_sampled, call, plan.calls) for name, call in calls.items()}
    return _means(interleave(blocks, plan.rounds), plan.calls)


def _sampled(call: Callable[[], object], calls: int) -> Profile:
    with sampling() as samples:
        for _ in range(calls):
            call()
    return by_stages(samples)


def _starts(plan: Plan) -> Profiles:
    blocks = {name: partial(_sampled_start, name) for name in _NAMES}
    return _means(interleave(blocks, plan.rounds))


def _sampled_start(name: str) -> Profile:
    command = [sys.executable, str(HERE / "first_call.py"), name, "--stages"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    profile: Profile = json.loads(done.stdout)
    return profile


def _means(measured: Mapping[str, Sequence[Profile]], calls: int = 1) -> Profiles:
    """Return the profiles of one call from those of blocks."""
    return {name: _mean(blocks, calls) for name, blocks in measured.items()}


def _mean(blocks: Sequence[Profile], calls: int) -> Profile:
    """Return the mean of the quicker half of some profiles, the largest stage first.

    A block that stood still for other work of the machine has it in one stage by chance.
    """
    quicker = sorted(blocks, key=lambda block: sum(block.values()))
    quicker = quicker[: (len(blocks) + 1) // 2]
    stages = {stage for block in quicker for stage in block}
    means = {
        stage: sum(block.get(stage, 0.0) for block in quicker) / len(quicker) / calls
        for stage in stages
    }
    return dict(sorted(means.items(), key=lambda item: (-item[1], item[0])))


def _relative(profiles: Profiles, name: str) -> Profile:
    """Return the percentages of the reference's whole time, as measured in the same run.

    A machine that was slower on another day does not make them larger.
    """
    whole = sum(profiles[REFERENCE].values())
    return {stage: seconds / whole * 100 for stage, seconds in profiles[name].items()}


def _costs(profiles: Profiles, remedies: Mapping[str, str]) -> str:
    ours, theirs = (_relative(profiles, name) for name in _NAMES)
    rows = (
        (
            *(stage, f"`{leading_to(stage)}`", remedies.get(stage, "")),
            *(number(profile.get(stage, 0.0)) for profile in (ours, theirs)),
        )
        for stage in list(ours)[:_COSTS]
    )
    head = (
        *("what", "where", "what it would take to remove"),
        *(f"{name}, %" for name in _NAMES),
    )
    return table(head, rows, texts=3)
