"""Small service models, and the folders and wheels that botocore would keep them in."""

import gzip
import json
import zipfile

from make_paws import render
from make_paws.overrides import Overrides
from make_paws.parse import FULL, parse
from make_paws.spec import Spec

API_VERSION = "2020-01-02"


def service_model(operations=(), shapes=(), **metadata):
    """Return a valid model; `metadata` is added to the default metadata."""
    return {
        "version": "2.0",
        "metadata": {
            "apiVersion": API_VERSION,
            "protocol": "json",
            "serviceFullName": "Amazon Example",
            "serviceId": "Example",
            **metadata,
        },
        "operations": dict(operations),
        "shapes": dict(shapes),
    }


def greeting_model(**metadata):
    """Return a model with one operation: a name goes in, a greeting comes out."""
    return service_model(
        {
            "Greet": {
                "name": "Greet",
                "http": {"method": "POST", "requestUri": "/"},
                "input": {"shape": "GreetInput"},
                "output": {"shape": "GreetOutput"},
                "errors": [{"shape": "Busy"}],
                "documentation": "<p>Greets somebody.</p>",
            }
        },
        {
            "Busy": {
                "type": "structure",
                "members": {"Seconds": {"shape": "Count"}},
                "error": {"httpStatusCode": 429, "senderFault": True},
                "exception": True,
                "documentation": "<p>Come again later.</p>",
            },
            "Count": {"type": "integer", "min": 1, "max": 10},
            "GreetInput": {
                "type": "structure",
                "required": ["Name"],
                "members": {
                    "Name": {"shape": "Name", "documentation": "<p>Of whom.</p>"},
                    "Times": {"shape": "Count"},
                },
            },
            "GreetOutput": {
                "type": "structure",
                "members": {"Greeting": {"shape": "Name"}},
            },
            "Name": {"type": "string", "max": 64, "pattern": "[a-z]+", "enum": []},
        },
        **metadata,
    )


def described(model, examples=(), overrides=None, service="example", renderers=FULL):
    """Return the intermediate representation of a model."""
    spec = loaded(model, examples, service)
    return parse(spec, overrides or Overrides(), renderers)


def loaded(model, examples=(), service="example"):
    """Return a model as `make_paws.spec` loads it."""
    return Spec(service, model, dict(examples), model_hash="0123456789ab")


def write_model(data, model, service="example", version=API_VERSION, packed=True):
    """Write a model where botocore would, below the data folder `data`."""
    folder = data / service / version
    folder.mkdir(parents=True)
    content = json.dumps(model).encode()
    if packed:
        (folder / "service-2.json.gz").write_bytes(gzip.compress(content))
    else:
        (folder / "service-2.json").write_bytes(content)
    return folder


def write_service(folder, service):
    """Write the generated modules of a service into a folder."""
    for path, source in render.service(service, "paws").items():
        (folder / path.name).write_bytes(source.encode())
    return folder


def write_wheel(path, models):
    """Write a wheel of botocore with `models`, by the name of the service."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for service, model in models.items():
            name = f"botocore/data/{service}/{API_VERSION}/service-2.json.gz"
            wheel.writestr(name, gzip.compress(json.dumps(model).encode()))
    return path


def files(folder):
    """Return the files below a folder: of the path to the bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
