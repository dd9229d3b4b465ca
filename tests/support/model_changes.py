"""A small model to change, and the differences between two such models."""

from make_paws.diff import public_api
from make_paws.diff.compare import compare
from support.service_models import described, service_model

OTHER = {"serviceFullName": "Amazon Other Thing", "serviceId": "Other Thing"}
ADDED, REMOVED, CHANGED = "added", "removed", "changed"


def base_model():
    """Return a model with one operation, and every kind of thing around it."""
    return service_model(
        {
            "Act": {
                "name": "Act",
                "http": {"method": "POST", "requestUri": "/"},
                "input": {"shape": "ActInput"},
                "output": {"shape": "ActOutput"},
                "errors": [{"shape": "Busy"}, {"shape": "Gone"}],
                "documentation": "<p>Acts.</p>",
            },
            "Rest": {
                "name": "Rest",
                "http": {"method": "POST", "requestUri": "/"},
                "errors": [{"shape": "Busy"}],
            },
        },
        {
            "ActInput": structure(
                {"Id": "Id", "Size": "Count", "Mode": "Mode", "Plan": "Plan"},
                required=["Id", "Size"],
            ),
            "ActOutput": structure(
                {"State": "State", "Parts": "Parts", "Made": "Time"},
                required=["State"],
            ),
            "Busy": {**structure({"Seconds": "Count"}), "exception": True},
            "Count": {"type": "integer", "min": 1, "max": 10},
            "Data": {"type": "blob", "max": 100},
            "Gone": {**structure({}), "exception": True},
            "Id": {"type": "string", "min": 2, "max": 8, "pattern": "^[a-z]+$"},
            "Key": {"type": "string"},
            "Mode": {"type": "string", "enum": ["FAST", "SLOW"]},
            "Part": structure({"Name": "Key", "Length": "Length"}, required=["Name"]),
            "Parts": {"type": "list", "member": {"shape": "Part"}},
            "Plan": structure({"Data": "Data", "Steps": "Steps"}, required=["Data"]),
            "Length": {"type": "long"},
            "State": {"type": "string", "enum": ["DONE", "LATER"]},
            "Steps": {"type": "list", "member": {"shape": "Key"}, "max": 3},
            "Time": {"type": "timestamp"},
        },
    )


def structure(members, required=()):
    return {
        "type": "structure",
        "members": {name: {"shape": shape} for name, shape in members.items()},
        "required": list(required),
    }


def put(*path, value):
    """Return a change of a model: `value` at `path`."""

    def change(model):
        *folders, last = path
        for folder in folders:
            model = model[folder]
        model[last] = value

    return change


def shape(name, **traits):
    return lambda model: model["shapes"][name].update(traits)


def member(name, key, target):
    return put("shapes", name, "members", key, value={"shape": target})


def all_of(*changes):
    def change(model):
        for part in changes:
            part(model)

    return change


def compared(old, new, rows=None):
    models = (old, new)
    return compare(*(public_api.of(described(m, (), rows), m) for m in models))


def differences(old, new, rows=None):
    """Return what differs between two models, as the table below has it."""
    return {
        (one.kind, one.place, one.name, one.aspect, one.change, one.breaking)
        for one in compared(old, new, rows)
    }
