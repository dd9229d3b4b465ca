"""`make_paws.notes`: blobs, default headers and streams in help."""

import pytest

from make_paws.notes import describe

BLOB = "A `Blob` is bytes, text (sent as UTF-8) or a file that is open in binary mode."
HEADERS = (
    "The default of the headers `Content-Type` and `Accept` is `application/json`."
)
EVENTS = "is an `EventStream`. Iterate over it to read the events"
METHODS = ["iter_json", "iter_sse", "iter_lines", "iter_text", "iter_bytes"]


def model(protocol="rest-json", **shapes):
    shapes["Blobs"] = {"type": "list", "member": {"shape": "Blob"}}
    shapes |= {"Blob": {"type": "blob"}, "Text": {"type": "string"}}
    return {"metadata": {"protocol": protocol}, "shapes": shapes}


def structure(payload=None, /, **members):
    references = {name: {"shape": shape} for name, shape in members.items()}
    shape = {"type": "structure", "members": references}
    return shape | ({"payload": payload} if payload else {})


@pytest.mark.parametrize(
    ("protocol", "input_shape", "expected"),
    [
        ("rest-json", structure("Body", Body="Blob", Name="Text"), (BLOB, HEADERS)),
        ("rest-xml", structure("Body", Body="Blob"), (BLOB,)),
        ("rest-json", structure("Name", Body="Blob", Name="Text"), (BLOB,)),
        ("rest-json", structure(Body="Blob"), (BLOB,)),
        ("json", structure(Items="Blobs"), (BLOB,)),
        ("rest-json", structure("Name", Name="Text"), ()),
        ("rest-json", structure(), ()),
    ],
)
def test_request_notes_describe_blobs_and_headers(protocol, input_shape, expected):
    operation = {"input": {"shape": "Input"}}
    assert describe(model(protocol, Input=input_shape), operation) == expected


@pytest.mark.parametrize("name", ["Body", "stream"])
@pytest.mark.parametrize("content", ["Blob", "Text"])
def test_response_notes_describe_a_stream(name, content):
    shapes = {
        "Output": structure(**{name: "Events"}),
        "Events": structure(Part="Part") | {"eventstream": True},
        "Part": structure(Content=content),
    }
    (note,) = describe(model(**shapes), {"output": {"shape": "Output"}})
    assert note.startswith(f'`result["{name}"]` ')
    assert EVENTS in note
    assert ('`result["stream"]`, as in R' in note) == (name == "Body")
    assert [method for method in METHODS if f"`{method}`" in note] == (
        METHODS if content == "Blob" else []
    )
