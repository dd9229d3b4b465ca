"""Calls, errors, schemas and the generator under `python -O`, `-OO` and `-X dev`.

`-O` removes assertions, `-OO` docstrings, too; `-X dev -W error` raises every warning, of
files and sockets that are not closed among others, and writes to stderr where it cannot.
"""

from __future__ import annotations

import pytest

from support import requirements as needs
from support.programs import run_program
from support.service_models import greeting_model, write_model

pytestmark = pytest.mark.slow

OPTIONS = [("-O",), ("-OO",), ("-X", "dev")]  # `run_program` has -W error

CALLS = """
import pickle
import paws, paws_common

def predict(body, request):
    if body == b"fail":
        raise RuntimeError("no")
    return [body.upper(), b"!"]

with paws_common.LocalEndpoint(predict) as local:
    svc = paws.sagemakerruntime(**local.config())
    print(svc.invoke_endpoint("demo", "hello")["Body"])
    stream = svc.invoke_endpoint_with_response_stream("demo", "hello")["Body"]
    print(b"".join(stream.iter_bytes()))
    svc.invoke_endpoint_with_response_stream("demo", "hello")["Body"].close()
    job = svc.invoke_endpoint_async("demo", InputLocation="s3://bucket/input")
    print(job["OutputLocation"][:5])
    try:
        svc.invoke_endpoint("demo", "fail")
    except svc.errors.ModelError as error:
        print(error.status_code, pickle.loads(pickle.dumps(error)).code)
    svc.client.close()
try:
    svc.invoke_endpoint("a b", "hello")
except paws_common.ParameterError as error:
    print(error.violations[0].path)
print(list(paws_common.schema(svc.invoke_endpoint)["properties"])[:2])
print(paws.list_paginators(svc), "paginate" in dir(paws))
"""
PRINTED = """\
b'HELLO!'
b'HELLO!'
s3://
424 ModelError
EndpointName
['EndpointName', 'Body']
[] True"""


@needs.inline_body
@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_calls_do_not_depend_on_options(options) -> None:
    assert run_program(CALLS, options=options) == PRINTED


def test_generator_does_not_depend_on_options(tmp_path) -> None:
    program = "import runpy; runpy.run_module('make_paws', run_name='__main__')"
    data = tmp_path / "data"
    write_model(data, greeting_model())
    generated = {}
    for options in ((), *OPTIONS):
        folder = tmp_path / "".join(("generated", *options))
        command = ("generate", "example", "--botocore", str(data), "--output")
        run_program(program, *command, str(folder), options=options)
        files = [path for path in folder.rglob("*") if path.is_file()]
        contents = {path.relative_to(folder): path.read_bytes() for path in files}
        generated[options] = contents
    assert generated == dict.fromkeys(generated, generated[()])
    assert len(generated[()]) > 5
