"""The exceptions to the rules: rows that are wrong raise, rows that fit apply."""

import pytest

from make_paws import ir, overrides, spec
from make_paws.errors import OverrideError
from make_paws.overrides import ExactlyOneOf, Overrides, PatternMatch
from make_paws.parse import parse
from service_models import described, greeting_model

MATCH = """
[[pattern_match]]
service = "example"
match = "whole"
reason = "It says so."
"""
GROUP = """
[[exactly_one_of]]
service = "example"
shape = "GreetInput"
members = ["Name", "Nickname"]
since = "Nickname"
reason = "It says so."
"""
WAIT = """
[[read_timeout]]
service = "example"
seconds = 70
reason = "It says so."
"""
NAME = """
[[service_name]]
service = "example"
name = "sample"
reason = "It says so."
"""


@pytest.fixture
def load(tmp_path):
    def load(text):
        path = tmp_path / "overrides.toml"
        path.write_text(text)
        return overrides.load(path)

    return load


def model_with_a_choice():
    """Return a model whose operation takes a name or a nickname."""
    model = greeting_model()
    structure = model["shapes"]["GreetInput"]
    structure["members"]["Nickname"] = {"shape": "Name"}
    structure["required"] = []
    return model


def groups(rows, model):
    return rows.exactly_one_of_groups("example", model)


def pattern(rows):
    return described(greeting_model(), overrides=rows).shapes["Name"].regex


# --- Rows that fit


def test_rows_are_read_as_they_stand(load):
    assert load(MATCH + GROUP) == Overrides(
        (PatternMatch("example", "whole", "It says so."),),
        (
            ExactlyOneOf(
                "example",
                "GreetInput",
                ("Name", "Nickname"),
                "Nickname",
                "It says so.",
            ),
        ),
    )


def test_a_file_without_rows_changes_nothing(load):
    assert load("# no row") == Overrides()


def test_a_pattern_is_matched_as_a_whole_where_a_row_says_so(load):
    assert pattern(load(MATCH)) == r"\A[a-z]+\Z"
    assert pattern(load(MATCH.replace("whole", "search"))) == "[a-z]+"
    assert pattern(load(MATCH.replace("example", "another"))) == "[a-z]+"


def test_members_of_which_a_call_gives_one_become_a_group_and_are_marked(load):
    service = described(model_with_a_choice(), overrides=load(GROUP))
    shape = service.shapes["GreetInput"]
    assert isinstance(shape, ir.Structure)
    assert shape.exactly_one_of == (("Name", "Nickname"),)
    (operation,) = service.operations
    assert [parameter.mark for parameter in operation.parameters] == [
        "[required unless Nickname is given]",
        "",
        "[required unless Name is given]",
    ]


def test_a_row_of_another_service_is_not_looked_at(load):
    row = GROUP.replace('"example"', '"another"').replace("GreetInput", "Gone")
    assert groups(load(row), model_with_a_choice()) == {}


def test_a_model_older_than_the_rule_is_left_alone(load):
    service = described(greeting_model(), overrides=load(GROUP))
    (operation,) = service.operations
    assert service.shapes["GreetInput"].exactly_one_of == ()
    assert [parameter.mark for parameter in operation.parameters] == ["[required]", ""]


def test_a_service_is_called_as_its_row_says_and_its_page_as_in_r(load):
    service = described(greeting_model(), overrides=load(NAME))
    (operation,) = service.operations
    assert (service.name, service.constructor) == ("sample", "sample")
    assert operation.function == "sample_greet"
    assert operation.help_page.endswith("/example_greet/")
    other = described(greeting_model(), overrides=load(NAME), service="other")
    assert other.name == "example"


def model_of_patience():
    """Return a model whose documentation says how long to wait."""
    model = greeting_model()
    text = "<p>The timeout should be set to be 70 seconds.</p>"
    model["operations"]["Greet"]["documentation"] = text
    return model


def test_a_service_may_take_the_time_that_its_row_says(load):
    model = model_of_patience()
    assert described(model, overrides=load(WAIT)).read_timeout == 70
    assert described(model, overrides=load(WAIT), service="other").read_timeout is None
    assert described(model).read_timeout is None


def test_no_two_services_of_the_installed_botocore_share_a_name():
    rows = overrides.load()
    services = spec.services()
    names = {rows.service_name(name, services[name]) for name in services}
    assert len(names) == len(services) > 400


def test_the_shipped_rows_apply_to_the_installed_botocore():
    rows = overrides.load()
    shipped = (
        *rows.pattern_match,
        *rows.exactly_one_of,
        *rows.service_names,
        *rows.read_timeouts,
    )
    services = {row.service for row in shipped}
    assert services
    for service in services:
        parse(spec.load(service), rows)
    for row in rows.exactly_one_of:
        model = spec.load(row.service).model
        if row.since in model["shapes"][row.shape]["members"]:
            applied = rows.exactly_one_of_groups(row.service, model)
            assert row.members in applied[row.shape]
    assert all(row.reason.strip() for row in shipped)


# --- Rows that do not


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[pattern_match", "overrides.toml"),
        ("[[pattern_matches]]", "no table is called pattern_matches"),
        (MATCH.replace('match = "whole"', ""), "lacks, or should not have: match"),
        (MATCH + 'extra = "x"', "lacks, or should not have: extra"),
        (GROUP.replace("since", "until"), "lacks, or should not have: since, until"),
        (MATCH.replace("whole", "half"), "pattern_match of example: match is"),
        (MATCH.replace('"whole"', "1"), "1 cannot be its match"),
        (MATCH.replace('"It says so."', '""'), "'' cannot be its reason"),
        (MATCH.replace('"example"', "1"), "1 cannot be its service"),
        (
            GROUP.replace('["Name", "Nickname"]', '"Name"'),
            "'Name' cannot be its members",
        ),
        (GROUP.replace('["Name", "Nickname"]', '["Name"]'), "members are two or more"),
        (GROUP.replace('"Name", ', "1, "), "1 cannot be its member"),
        (NAME.replace("sample", "a_b"), "small letters and digits, not 'a_b'"),
        (WAIT.replace("70", '"70"'), "'70' cannot be its seconds"),
        (WAIT.replace("70", "true"), "True cannot be its seconds"),
        (WAIT.replace("70", "0"), "read_timeout of example: seconds are more than 0"),
        (WAIT.replace('"It says so."', "70"), "70 cannot be its reason"),
        ("pattern_match = 1", "pattern_match is no list of rows"),
        ("pattern_match = [1]", "pattern_match is no list of rows"),
    ],
)
def test_a_malformed_row_raises_and_says_what_is_wrong(load, text, said):
    with pytest.raises(OverrideError) as caught:
        load(text)
    assert said in str(caught.value)


def test_a_file_that_does_not_exist_raises_and_names_it(tmp_path):
    with pytest.raises(OverrideError, match=r"nowhere\.toml"):
        overrides.load(tmp_path / "nowhere.toml")


def test_a_row_whose_shape_is_gone_raises_and_names_it(load):
    model = model_with_a_choice()
    rows = load(GROUP.replace("GreetInput", "WelcomeInput"))
    with pytest.raises(OverrideError, match="example has no shape WelcomeInput"):
        groups(rows, model)


def test_a_row_whose_member_is_gone_raises_and_names_it(load):
    model = model_with_a_choice()
    del model["shapes"]["GreetInput"]["members"]["Name"]
    with pytest.raises(OverrideError, match="GreetInput: Name is gone or required"):
        groups(load(GROUP), model)


def test_a_row_whose_member_the_model_requires_raises_and_names_it(load):
    model = model_with_a_choice()
    model["shapes"]["GreetInput"]["required"] = ["Nickname"]
    with pytest.raises(OverrideError, match="GreetInput: Nickname is gone or required"):
        groups(load(GROUP), model)


def test_a_pattern_match_of_a_service_without_patterns_raises_and_names_it(load):
    model = greeting_model()
    del model["shapes"]["Name"]["pattern"]
    with pytest.raises(OverrideError, match="pattern_match: example has no pattern"):
        described(model, overrides=load(MATCH))


def test_a_service_name_that_is_r_s_already_raises_and_names_the_row(load):
    rows = load(NAME.replace("sample", "example"))
    with pytest.raises(OverrideError, match="example is called example by R's rule"):
        described(greeting_model(), overrides=rows)


def test_a_read_timeout_that_the_service_says_nothing_of_raises_and_names_it(load):
    with pytest.raises(OverrideError, match="operation of example speaks of 70 sec"):
        described(greeting_model(), overrides=load(WAIT))
