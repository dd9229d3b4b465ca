"""What a program was doing: samples of where it was, summed by stages of a call.

A sample belongs to the innermost place that a stage knows: what the standard library, and
the helpers of botocore, do for a stage is the stage's. An import belongs to whoever is
imported, and the modules of the standard library to whoever wanted them.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from sampling import IMPORT, Place, Sample


class Stage(NamedTuple):
    """A part of a call: functions of files whose paths contain `path`.

    `function` is the one that leads there. Without `names`, all functions are meant that
    no stage before has taken.
    """

    title: str
    function: str
    path: str
    names: frozenset[str] = frozenset()


_HEAD = frozenset({"getresponse", "begin", "_read_status", "parse_headers"})
_CONNECTION = frozenset(
    {"_send_output", "_send_message_body", "_send_request", "_tunnel", "send"}
)
_CLIENT = "client and session", "BaseClient._make_api_call"
_CHECKS = "validation", "validate"
_DATA = "reading JSON of endpoints and services", "JSONFileLoader.load_file"
_LOADER = "looking for JSON of services", "Loader.list_available_services"
_POOL = "connection pool", "HTTPConnectionPool.urlopen"
_READING = "reading the answer's head", "HTTPResponse.begin"
_RETRIES = "retries", "RetryHandler"
_SIGNING = "signing", "RequestSigner.sign"
_WRITING = "writing the request", "HTTPConnection.request"

STAGES = (
    Stage("waiting for the answer", "SocketIO.readinto", "/socket.py"),
    Stage(*_READING, "/http/client.py", _HEAD),
    Stage(*_READING, "paws_common/wire/connections.py", frozenset({"read_headers"})),
    Stage(*_WRITING, "/http/client.py"),
    Stage(*_WRITING, "paws_common/wire/connections.py"),
    Stage(*_WRITING, "botocore/awsrequest.py", _CONNECTION),
    Stage("request object", "AWSRequest.prepare", "botocore/awsrequest.py"),
    Stage(*_POOL, "/urllib3/"),
    Stage(*_POOL, "botocore/httpsession.py"),
    Stage(*_POOL, "paws_common/wire/shortcuts.py", frozenset({"connection_from_url"})),
    Stage(*_SIGNING, "botocore/auth.py"),
    Stage(*_SIGNING, "botocore/signers.py"),
    Stage(*_SIGNING, "paws_common/wire/signing.py"),
    Stage(*_SIGNING, "botocore/credentials.py"),
    Stage("User-Agent header", "UserAgentString.to_string", "botocore/useragent.py"),
    Stage("events", "HierarchicalEmitter.emit", "botocore/hooks.py"),
    Stage("handlers of events", "handlers", "botocore/handlers.py"),
    Stage("endpoint", "EndpointRulesetResolver", "botocore/regions.py"),
    Stage("endpoint", "EndpointRulesetResolver", "botocore/endpoint_provider.py"),
    Stage("serializing", "Serializer.serialize_to_request", "botocore/serialize.py"),
    Stage("parsing", "ResponseParser.parse", "botocore/parsers.py"),
    Stage(*_RETRIES, "botocore/retr"),
    Stage(*_RETRIES, "paws_common/wire/retries.py"),
    Stage(*_CHECKS, "botocore/validate.py"),
    Stage(*_CHECKS, "paws_common/validation/"),
    Stage("whole result", "complete", "paws_common/results/"),
    Stage(*_DATA, "botocore/loaders.py", frozenset({"_load_file", "load_file"})),
    Stage(*_DATA, "paws_common/wire/data.py"),
    Stage(*_LOADER, "botocore/loaders.py"),
    Stage("boto3's session", "boto3.Session", "/boto3/"),
    Stage(*_CLIENT, "botocore/client.py"),
    Stage(*_CLIENT, "botocore/endpoint.py"),
    Stage(*_CLIENT, "botocore/session.py"),
    Stage(*_CLIENT, "botocore/args.py"),
    Stage("this package's own", "paws_common", "paws_common/"),
    Stage("this package's own", "paws_common", "/paws/"),
)
OTHER = "other"
_ALL_FUNCTIONS = {stage.title: stage.function for stage in STAGES}


def by_stages(samples: Iterable[Sample]) -> dict[str, float]:
    """Return the seconds of each stage."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for sample in samples:
        seconds[_title(sample.stack)] += sample.seconds
    return seconds


def leading_to(title: str) -> str:
    """Return the function that leads to a stage; of an import, the stage itself."""
    return _ALL_FUNCTIONS.get(title, title)


def _title(stack: Iterable[Place]) -> str:
    titles = (_of_import(place) or _of_function(place) for place in stack)
    return next(filter(None, titles), OTHER)


def _of_import(place: Place) -> str | None:
    package = place.name.partition(".")[0]
    if place.file != IMPORT or package in sys.stdlib_module_names:
        return None
    return f"import {package}"


def _of_function(place: Place) -> str | None:
    if place.name == "<module>":  # what an import does
        return None
    path = Path(place.file).as_posix()
    stages = (
        stage.title
        for stage in STAGES
        if stage.path in path and (not stage.names or place.name in stage.names)
    )
    return next(stages, None)
