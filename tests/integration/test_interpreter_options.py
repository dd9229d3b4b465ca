"""Calls, errors, schemas and the generator under `python -O`, `-OO` and `-X dev`.

`-O` removes assertions, `-OO` docstrings, too; `-X dev -W error` raises every warning, of
files and sockets that are not closed among others, and writes to stderr where it cannot.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from support import requirements as needs
from support.service_models import greeting_model, write_model

pytestmark = pytest.mark.slow

OPTIONS = [("-O",), ("-OO",), ("-X", "dev", "-W", "error")]
every_option = pytest.mark.parametrize("options", OPTIONS, ids=" ".join)

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
[] True
"""


def python(options: tuple[str, ...], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *options, *arguments],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@needs.inline_body
@every_option
def test_calls_do_not_depend_on_options(options) -> None:
    assert python(options, "-c", CALLS) == PRINTED


@every_option
def test_generator_does_not_depend_on_options(options, tmp_path) -> None:
    data = tmp_path / "data"
    write_model(data, greeting_model())
    folders = [tmp_path / name for name in ("plain", "optimized")]
    for folder, chosen in zip(folders, ((), options), strict=True):
        command = ("-m", "make_paws", "generate", "example", "--botocore", str(data))
        python(chosen, *command, "--output", str(folder))
    plain, optimized = (
        {
            path.relative_to(folder): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        for folder in folders
    )
    assert plain == optimized
    assert len(plain) > 5
