"""R's help page of the operation in `greeting_model`, and files of such pages."""

from dataclasses import replace

from make_paws.parity import facts
from make_paws.parity.facts import Facts, Page, Parameter

MARK = "&#91;required&#93;"
COMMIT = "77115fa70d1e344866774e3c13ed9cc3f9c480ba"
NAME = Parameter("Name", True, f"{MARK} Of\nwhom.")
TIMES = Parameter("Times", False, "")


def page(**changes):
    """Return the page, other than it should be."""
    same = Page(
        title="Greets somebody",
        description="Greets *somebody*.",
        params=(NAME, TIMES),
        value='A list with the following syntax:\n```\nlist(\n  Greeting = "string"\n)\n```',
        request='```\nsvc$greet(\n  Name = "string",\n  Times = 123\n)\n```',
        examples="",
    )
    return replace(same, **changes)


def write_facts(path, services, commit=None, botocore=None):
    """Write the pages of services as `make-paws facts` prints them."""
    path.write_text(facts.dump(Facts(commit, botocore, services)))
    return path
