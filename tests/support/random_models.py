"""Service models as hypothesis builds them: sound, and as nasty as they may be."""

import keyword

from hypothesis import strategies as st

from support.service_models import service_model

FLAG = "A_MODEL_WAS_EXECUTED"
EVIL = f"__import__('os').environ.__setitem__('{FLAG}', '1')"

# Text that could become code or make code invalid.
TEXTS = [
    *['"', "'", '"""', '\\"""', '""""', "\\", "\\N{BULLET", "\\x", "#", "`", "```"],
    *["\n", "\r", "\x00", "\x0c", "\x85", "\u2028", "\u2029", "\u202e"],
    *["%s {0}", "{{ 7 * 7 }}", "{% endfor %}", "{# ", "]](x)", "words of any kind "],
    "multi-model-end-point " * 5,
    *[EVIL, f"\n{EVIL}\n", f'"""\n{EVIL}\n"""', f'"\n{EVIL}\n"', f"\\\n    {EVIL}"],
    f"{{{{ {EVIL} }}}}",
    f"{{{{ ''.__class__.__mro__ }}}}{{% set x = {EVIL} %}}",
]
MARKUP = [
    *["<p>", "</p>", "<code>", "</code>", "<b>", "<ul> <li>", "</li></ul>"],
    *['<a href="https://example.com/?a=1">', "</a>", "<q>", "<title>", "<br/>"],
    *["&lt;", "&quot;", "&#x22;&#92;&#10;&eacute;", "<!--", "-->", f"<{EVIL}>"],
    *["<ip>", "<aws_account_id>", "</unknown>", "<hr>", "<sup>", "<blockquote>"],
    *["<table><tr><td>", "</table>"],
]
SHAPES = [
    *keyword.kwlist,
    *["API", "Any", "Api", "Blob", "Config", "Credentials", "ERRORS", "EmptyResult"],
    *["EventStream", "Mapping", "MappingProxyType", "NotRequired", "Operation"],
    "Request",
    *["ResponseMetadata", "SHAPES", "Sequence", "Service", "ServiceError", "str"],
    *["Timestamp", "TypedDict", "annotations", "datetime", "method", "operation"],
    *["shapes", "errors", "interfaces", "operations", "service", "example", "Example"],
    *["bool", "bytes", "dict", "float", "int", "list", "object", "print", "type"],
    *["Exception", "FOO", "Foo", "foo", "FOO_BAR", "example_foo", "example_send_"],
    *["_private", "__mangled", "__init__", "__debug__", "__all__", "__getattr__"],
]
MEMBERS = [
    *["self", "class", "None", "from", "FOO", "FOO_BAR", "SEND", "API", "operation"],
    *["code", "message", "Message", "renamed", "args", "str", "datetime", "shapes"],
    *["ResponseMetadata", "Foo", "foo", "__debug__", "__mangled", "__init__", "_x"],
]
OPERATIONS = [
    *["FOO", "Foo", "foo", "FooBar", "foo_bar", "Send", "send", "Method", "API"],
    *["Client", "Operations", "class", "Import", "__init__", "example", "Settings"],
]
PROTOCOLS = ["ec2", "json", "query", "rest-json", "rest-xml", "smithy-rpc-v2-cbor"]

any_name = st.from_regex(r"_?[A-Za-z][A-Za-z0-9_]*", fullmatch=True)
shape_names = st.sampled_from(SHAPES) | any_name
member_names = st.sampled_from(MEMBERS) | any_name
operation_names = st.sampled_from(OPERATIONS) | any_name
text = st.sampled_from(TEXTS) | st.text(max_size=3)
escaped = text.map(lambda part: part.replace("<", "&lt;"))
texts = st.lists(text, max_size=5).map("".join)
documentation = st.lists(escaped | st.sampled_from(MARKUP), max_size=5).map("".join)
limits = st.fixed_dictionaries(
    {}, optional={"min": st.integers(0, 3), "max": st.integers(3, 9)}
)
documented = st.fixed_dictionaries({}, optional={"documentation": documentation})
sensitive = st.fixed_dictionaries({}, optional={"sensitive": st.booleans()})
deprecated = st.just({}) | st.fixed_dictionaries(
    {"deprecated": st.booleans()},
    optional={"deprecatedMessage": texts, "deprecatedSince": texts},
)
tokens = st.fixed_dictionaries({}, optional={"idempotencyToken": st.booleans()})


def merged(*parts):
    """Return a strategy for the union of the dicts of several strategies."""
    return st.tuples(*parts).map(
        lambda dicts: {k: v for d in dicts for k, v in d.items()}
    )


patterns_and_enums = st.fixed_dictionaries(
    {},
    optional={
        "pattern": texts | st.sampled_from(["^[a-z]+$", r"\p{Print}*", r"\p{L}"]),
        "enum": st.lists(texts, max_size=3),
    },
)
strings = merged(
    st.just({"type": "string"}), limits, sensitive, patterns_and_enums, deprecated
)
numbers_and_blobs = merged(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["double", "float", "integer", "long", "blob"])}
    ),
    limits,
    sensitive,
)
document = {"type": "structure", "members": {}, "document": True}
others = st.sampled_from([{"type": "boolean"}, {"type": "timestamp"}, document])
scalars = strings | numbers_and_blobs | others


def references(shapes):
    """Return a strategy for references to `shapes`; some have constraints."""
    own = merged(limits, sensitive, patterns_and_enums)
    return merged(
        st.sampled_from(shapes).map(lambda name: {"shape": name}),
        documented,
        st.just({}) | own,
    )


@st.composite
def structures(draw, shapes):
    """Draw a structure of members whose shapes are in `shapes`."""
    members = draw(
        st.dictionaries(
            member_names,
            merged(references(shapes), deprecated, tokens),
            max_size=6,
        )
    )
    required = [name for name in members if draw(st.booleans())]
    structure = {"type": "structure", "members": members}
    structure |= draw(merged(documented, deprecated))
    if required or draw(st.booleans()):
        structure["required"] = draw(st.permutations(required))
    return structure


@st.composite
def collections(draw, text, values):
    """Draw a list or a map of shapes that are in `values`."""
    value = draw(references(values))
    if draw(st.booleans()):
        parts = {"type": "list", "member": value}
    else:
        parts = {"type": "map", "key": draw(references([text])), "value": value}
    return {**parts, **draw(limits), "sparse": draw(st.booleans())}


@st.composite
def service_models(draw):
    """Draw a whole model: recursive shapes, every protocol, errors, event streams."""
    unused = iter(draw(st.lists(shape_names, min_size=23, max_size=23, unique=True)))
    text, *plain = [next(unused) for _ in range(4)]
    nested = [next(unused) for _ in range(4)]
    several = [next(unused) for _ in range(3)]
    errors = [next(unused) for _ in range(draw(st.integers(0, 3)))]
    shapes = {text: draw(strings), **{name: draw(scalars) for name in plain}}
    usable = [*shapes, *nested]
    for name in several:  # of existing shapes: no list contains only itself
        shapes[name] = draw(collections(text, usable))
        usable.append(name)
    for name in nested:
        shapes[name] = {**draw(structures(usable)), "union": draw(st.booleans())}
    for name in errors:
        trait = {"httpStatusCode": draw(st.integers(400, 599))}
        if draw(st.booleans()):
            trait["code"] = draw(texts)
        shapes[name] = {**draw(structures(usable)), "error": trait, "exception": True}
    stream = next(unused)
    shapes[stream] = {
        "type": "structure",
        "members": {name: {"shape": name} for name in [*nested[:2], *errors]},
        "eventstream": True,
    }
    operations = {}
    for name in draw(st.lists(operation_names, min_size=1, max_size=4, unique=True)):
        operation = {"name": name, "http": {"method": "POST", "requestUri": "/"}}
        for part in ("input", "output"):
            how = draw(st.sampled_from(["none", "own", "own", "shared", "streaming"]))
            shape = draw(st.sampled_from(nested)) if how == "shared" else next(unused)
            if how in ("own", "streaming"):
                shapes[shape] = draw(structures(usable))
            if how == "streaming":
                shapes[shape]["members"]["Stream"] = {"shape": stream}
            if how != "none":
                operation[part] = {"shape": shape}
        if errors:
            listed = draw(st.lists(st.sampled_from(errors), unique=True))
            operation["errors"] = [{"shape": error} for error in listed]
        operations[name] = {**operation, **draw(merged(documented, deprecated))}
    model = service_model(
        operations,
        shapes,
        protocol=draw(st.sampled_from(PROTOCOLS)),
        serviceAbbreviation=draw(st.sampled_from(["Amazon Example", "AWS Lambda"])),
        serviceFullName="x" + draw(texts),
        serviceId=draw(st.sampled_from(["Example", "Config", "Service", "shapes"])),
        targetPrefix=draw(texts),
    )
    return {**model, **draw(documented)}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def examples_of(draw, model):
    """Draw examples of the operations of a model."""
    examples = {}
    for name, operation in model["operations"].items():
        shape = operation.get("input", {}).get("shape")
        members = model["shapes"][shape]["members"] if shape else {}
        keys = st.sampled_from(sorted(members) or ["NoSuchMember"])
        arguments = st.dictionaries(keys, json_values, max_size=2)
        parts = {"title": texts, "description": texts, "input": arguments}
        example = st.fixed_dictionaries({}, optional=parts)
        examples[name] = draw(st.lists(example, max_size=2))
    return {"version": "1.0", "examples": examples}
