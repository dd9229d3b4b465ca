"""Arguments generated from a JSON Schema alone, validated by jsonschema.

hypothesis-jsonschema (0.23.1, the last release) does not work with the hypothesis of these
tests, and does not support recursion. This module supports the keywords that
`paws_common.schema` writes; jsonschema validates each instance.
"""

import datetime
import functools
import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from paws_common import ParameterError, schema
from paws_common.validation.validator import validate
from support import model_arguments

Schema = Mapping[str, Any]

_OPTIONAL = (4, 2, 1)  # optional members that are given, by depth; then none
_DEEPEST = 12
_SPREAD = 4  # elements or characters beyond the least number
_LONGEST = 2000  # characters of a text
_WORD = "abcxyzABCXYZ0189"
# A dollar that is neither escaped nor a member of a set.
_DOLLAR = re.compile(r"(\\.|\[(?:\\.|[^]\\])*\])|\$", re.DOTALL)

_formats = FormatChecker(())


@_formats.checks("date-time")
def _is_date_time(value: object) -> bool:
    """Return whether the standard library parses a text as a timestamp."""
    text = str(value).upper()
    try:
        return "T" in text and datetime.datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return not isinstance(value, str)


def validator(schema: Schema) -> Draft202012Validator:
    """Return a validator of arguments, with formats and ECMAScript's meaning of `$`."""
    return Draft202012Validator(_in_python(schema), format_checker=_formats)


def accepts(function: Callable[..., Any], values: Mapping[str, Any]) -> bool:
    """Return whether the schema of a function accepts arguments."""
    return bool(validator(schema(function)).is_valid(values))


def can_be_sent(function: Callable[..., Any], values: Mapping[str, Any]) -> bool:
    """Return whether the validation of a call accepts arguments."""
    try:
        validate(inspect.unwrap(function)(**values), limits=True)
    except (ParameterError, TypeError):
        return False
    return True


def _in_python(part: Any) -> Any:
    r"""Return a schema whose patterns are Python's, which has `\Z` for the end."""
    match part:
        case list():
            return [_in_python(item) for item in part]
        case {"pattern": str(pattern), **others}:
            found = _DOLLAR.sub(lambda found: found[1] or r"\Z", pattern)
            return {**_in_python(others), "pattern": found}
        case dict():
            return {key: _in_python(item) for key, item in part.items()}
        case _:
            return part


def arguments(schema: Schema) -> st.SearchStrategy[dict[str, Any]]:
    """Return arguments that a schema of `paws_common.schema` accepts."""
    python = _in_python(schema)
    values = _values(python, python.get("$defs", {}), 0)
    return values.filter(Draft202012Validator(python).is_valid)


@st.composite
def _values(draw: st.DrawFn, part: Schema, definitions: Schema, depth: int) -> Any:
    assume(depth < _DEEPEST)
    if "$ref" in part:
        part = {**definitions[part["$ref"].removeprefix("#/$defs/")], **part}
    inside = functools.partial(_values, definitions=definitions, depth=depth + 1)
    match part:
        case {"anyOf": [some, {"type": "null"}]}:
            return draw(st.none() | inside(some))
        case {"type": [*_]}:
            return draw(model_arguments.NOT_NULL)
        case {"type": "boolean"}:
            return draw(st.booleans())
        case {"type": "integer", "minimum": least, "maximum": most}:
            return draw(st.integers(least, most))
        case {"type": "number", "minimum": least, "maximum": most}:
            return draw(st.floats(least, most))
        case {"type": "string"}:
            return draw(_texts(part))
        case {"type": "array", "items": items}:
            least, most = _sizes(part, "Items", depth)
            return draw(st.lists(inside(items), min_size=least, max_size=most))
        case {"type": "object", "properties": properties}:
            names = _names(draw, part, depth)
            return {name: draw(inside(properties[name])) for name in names}
        case {"type": "object", "additionalProperties": values}:
            least, most = _sizes(part, "Properties", depth)
            names = inside({"type": "string", **part.get("propertyNames", {})})
            values = inside(values)
            return draw(st.dictionaries(names, values, min_size=least, max_size=most))
        case _:
            raise ValueError(f"no arguments are known for {part}")


def _names(draw: st.DrawFn, part: Schema, depth: int) -> list[str]:
    """Return the members that an object holds, each of its rules kept."""
    required = part.get("required", [])
    groups = [
        rule["oneOf"] for rule in (part, *part.get("allOf", ())) if "oneOf" in rule
    ]
    ruled = [[one["required"][0] for one in group] for group in groups]
    chosen = [draw(st.sampled_from(group)) for group in ruled]
    left = {*part["properties"]} - {*required}.union(*ruled)
    most = 1 if "maxProperties" in part else (*_OPTIONAL, *[0] * _DEEPEST)[depth]
    least = part.get("minProperties", 0)
    some = st.lists(
        st.sampled_from(sorted(left)), min_size=least, max_size=most, unique=True
    )
    return [*required, *chosen, *(draw(some) if left and most else ())]


def _sizes(part: Schema, noun: str, depth: int) -> tuple[int, int]:
    least = part.get(f"min{noun}", 0)
    spread = 2 if depth < len(_OPTIONAL) else 0
    return least, min(part.get(f"max{noun}", least + spread), least + spread)


def _texts(part: Schema) -> st.SearchStrategy[str]:
    if "enum" in part:
        return st.sampled_from(part["enum"])
    if part.get("format") == "date-time":
        return _DATE_TIMES
    least, most = part.get("minLength", 0), part.get("maxLength", _LONGEST)
    if "pattern" in part:
        made = _matching(part["pattern"], least)
    else:
        sizes = {"min_size": least, "max_size": min(most, least + _SPREAD)}
        made = st.text(**sizes) | st.text(_WORD, **sizes)
        if most <= _LONGEST:
            made |= st.sampled_from([letter * most for letter in "a0é😀"])
        for rule in part.get("anyOf", ()):
            if "pattern" in rule:
                made |= _matching(rule["pattern"], least)
    return made.filter(Draft202012Validator(part).is_valid)


def _matching(pattern: str, least: int) -> st.SearchStrategy[str]:
    """Return texts with a match, the short ones with their last character repeated."""
    made = st.from_regex(pattern, fullmatch=True) | st.from_regex(pattern)
    return made.map(lambda text: text + text[-1:] * (least - len(text)))


_ZONES = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(
    lambda minutes: datetime.timezone(datetime.timedelta(minutes=minutes))
)
_DATE_TIMES = st.datetimes(timezones=_ZONES).map(datetime.datetime.isoformat)
