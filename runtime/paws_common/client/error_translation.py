"""Translate botocore's errors to this package's.

Each error is translated at the step that fails. An exception of a user's event handler or
credential provider is not translated.
"""

from __future__ import annotations

import configparser
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any, cast
from urllib.parse import urlsplit

import botocore
from botocore import exceptions as botocore_errors
from botocore.eventstream import ParserError
from botocore.parsers import ResponseParserError
from urllib3 import exceptions as urllib3_errors

from paws_common.api import Operation
from paws_common.client.error_origins import (
    causes,
    foreign_cause,
    is_raised_by_user_code,
)
from paws_common.client.event_stream import ClosedError, InvalidEventError
from paws_common.client.hints import find_hint
from paws_common.client.invalid_responses import INVALID_BODY
from paws_common.client.retries import failed_before_send, is_retryable
from paws_common.errors import (
    SHOWN,
    ConfigError,
    EndpointConnectionError,
    ParameterError,
    PawsError,
    ResponseTimeoutError,
    ServiceError,
    StreamError,
    Violation,
    beginning,
)
from paws_common.validation.files import ShrunkFileError

# Operations that botocore calls while it signs a request: `S3ExpressIdentityProvider` in
# botocore/utils.py, and botocore/tokens.py. `LazyCredentials` calls all others.
_CREDENTIAL_OPERATIONS = frozenset({"CreateSession", "CreateToken"})
_NO_REGION = (
    "there is no region: pass region=… to the service, set the environment variable "
    "AWS_DEFAULT_REGION, or set a region in the profile of ~/.aws/config"
)
_NO_PROFILE = (
    'add it to ~/.aws/config, or choose another one: credentials={"profile": …} of the '
    "service, or the environment variable AWS_PROFILE"
)
_NO_CREDENTIALS = (
    "there are no credentials: pass credentials=… to the service (creds or profile), set "
    "the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or add a "
    "profile to ~/.aws/credentials"
)
_NO_MESSAGE = (
    "the service sent no message; the code may be explained in its documentation"
)
_FIND_BY_ID = ", and AWS support finds the request by its id"
_FILES = "AWS_CONFIG_FILE, AWS_DATA_PATH and SSLKEYLOGFILE"
_USER_INFO = re.compile("//.*@", re.DOTALL)  # an invalid URL may contain any character
_NOT_SENT = (
    "nothing was sent; check the endpoint, the region and the network (proxy, VPC, DNS)"
)
_UNTRUSTED = (
    "nothing was sent; if the certificate is of a private authority, such as that of a "
    "company's proxy, pass config(ca_bundle=…) or set AWS_CA_BUNDLE"
)
# X509_V_ERR_… in openssl/x509_vfy.h: a self-signed certificate, or an unknown issuer.
_UNTRUSTED_CODES = frozenset({18, 19, 20, 21})
_MAY_BE_PROCESSED = (
    "the request was sent, and the service may have processed it; it is retried only "
    "with config(retry_timeouts=True), and not after its response has begun"
)


@contextmanager
def translate_config_errors(service: str) -> Iterator[None]:
    """Raise a `ConfigError` in place of botocore's errors while a client is created."""
    try:
        yield
    except (botocore_errors.BotoCoreError, OSError, ValueError) as error:
        if isinstance(error, ConfigError) or is_raised_by_user_code(error):
            raise
        text = _describe_config_error(service, error)
        shown = _USER_INFO.sub("//***@", text)
        # A traceback would show the password of an endpoint, too.
        raise ConfigError(shown) from (error if shown == text else None)


def _describe_config_error(service: str, error: Exception) -> str:
    match error:
        case botocore_errors.NoRegionError():
            return f"{service}: {_NO_REGION}"
        case botocore_errors.ProfileNotFound():
            return f"{service}: {error}; {_NO_PROFILE}"
        case botocore_errors.ConfigParseError():
            facts = cast(Mapping[str, Any], error.kwargs)
            reason = _describe_parse_error(facts["error"])
            return f"{service}: {facts['path']} cannot be read: {reason}"
        case OSError():
            # The file is one of ~/.aws, of a model, or that of SSLKEYLOGFILE.
            return f"{service}: {type(error).__name__}: {error}; check {_FILES}"
        case botocore_errors.UnknownServiceError():
            return (
                f"botocore {botocore.__version__} does not have the service {service}; "
                "install a newer botocore, or set AWS_DATA_PATH to the folder of its "
                "model"
            )
    return f"{service}: {error}"


def _describe_parse_error(error: Exception) -> str:
    """Describe why a file of profiles cannot be read, without its text: keys are secret."""
    match error:
        case configparser.DuplicateSectionError(lineno=line):
            return f"line {line} begins a section that is there already"
        case configparser.DuplicateOptionError(lineno=line):
            return f"line {line} sets a key that is there already"
        case configparser.MissingSectionHeaderError(lineno=line):
            return (
                f"line {line} must be a section, such as [default]; there must not be a "
                "byte order mark before it"
            )
        case configparser.ParsingError(errors=[(line, _), *_]):
            return f"line {line} is neither a section nor KEY = VALUE"
        case UnicodeDecodeError():
            return f"it is not text in {error.encoding} (byte {error.start})"
    return "KEY = VALUE is expected in each indented line"


@contextmanager
def translate_errors(operation: Operation[Any], source: object) -> Iterator[None]:
    """Raise this package's errors in place of botocore's.

    `source` is the origin of the model of botocore's client, for messages.

    Raises
    ------
    ConfigError
        Credentials are missing, or cannot be loaded.
    EndpointConnectionError, ResponseTimeoutError
        No response was received, or only a part of it.
    StreamError
        A stream ends within an event, an event is broken, or the stream was closed.
    ServiceError
        The service responded with an error.
    PawsError
        Any other error of botocore.
    Exception
        An exception of an event handler, a mock or a signal handler, unchanged.
    """
    try:
        yield
    except ClosedError:
        raise StreamError(
            f"{operation.function}: the stream was closed while it was read"
        ) from None
    except Exception as error:
        if is_raised_by_user_code(error):
            raise
        if (cause := foreign_cause(error)) is not None:
            raise cause from cause.__cause__
        translated = _translate(operation, error, source)
        if translated is None:
            raise
        raise translated from error


def _translate(
    operation: Operation[Any], error: Exception, source: object
) -> PawsError | None:
    """Return the error of this package for one of botocore; None for others."""
    function = operation.function
    match error:
        case botocore_errors.EventStreamError():
            return service_error(operation, error.response, source)
        case botocore_errors.ClientError():
            return _translate_client_error(operation, error, source)
        case botocore_errors.NoCredentialsError():
            return ConfigError(f"{function}: {_NO_CREDENTIALS}")
        case (
            botocore_errors.PartialCredentialsError()
            | botocore_errors.CredentialRetrievalError()
            | botocore_errors.NoAuthTokenError()
            | botocore_errors.TokenRetrievalError()
            | botocore_errors.SSOError()
        ):
            return ConfigError(f"{function}: {error}; nothing was sent")
        case (
            botocore_errors.ConnectionError()
            | botocore_errors.HTTPClientError()
            | botocore_errors.IncompleteReadError()
            | urllib3_errors.HTTPError()
        ):
            return connection_error(operation, error)
        case ParserError():
            origin = f" ({source})" if isinstance(error, InvalidEventError) else ""
            return StreamError(
                f"{function}: {error}{origin}; the events before it were returned"
            )
        case botocore_errors.FlexibleChecksumError():
            return StreamError(
                f"{function}: the received bytes are not those that were stored: {error}"
            )
        case ResponseParserError():
            reason = _not_in_protocol(operation, source)
            return PawsError(f"{function}: {reason} ({error})")
        case botocore_errors.ParamValidationError():
            # A rule of botocore that is not in the service model, such as for buckets.
            reason = " ".join(str(error.kwargs["report"]).split())
            violation = Violation("arguments", reason, False)
            return ParameterError(function, (violation,), operation.api.version)
        case botocore_errors.BotoCoreError() | ShrunkFileError():
            return PawsError(f"{function}: {error}")
    return None


def _translate_client_error(
    operation: Operation[Any], error: botocore_errors.ClientError, source: object
) -> PawsError | None:
    """Return the error of a response; None for that of another operation."""
    # A mock may have botocore's name of the method: invoke_endpoint.
    name = error.operation_name.replace("_", "").lower()
    if name == operation.name.lower():
        return service_error(operation, error.response, source)
    if error.operation_name in _CREDENTIAL_OPERATIONS:
        return ConfigError(
            f"{operation.function}: no credentials: {error}; nothing was sent"
        )
    return None


def service_error(
    operation: Operation[Any], response: Mapping[str, Any], source: object
) -> ServiceError:
    """Return the error that a service responded with.

    The parsed response is that of a `ClientError`, or has an `INVALID_BODY`.
    """
    error, metadata = response.get("Error", {}), response.get("ResponseMetadata", {})
    status = metadata.get("HTTPStatusCode")
    code = str(error.get("Code") or status or "unknown error")
    body: bytes = response.get(INVALID_BODY, b"")
    request_id = _request_id(metadata)
    message = _message(error, request_id)
    if body:
        reason = _not_in_protocol(operation, source)
        message = f"{reason}. It begins: {beginning(body)}"
    members = {
        name: value
        for name, value in response.items()
        if name not in ("Error", "ResponseMetadata", INVALID_BODY)
    }
    api = operation.api
    is_retried = code in api.not_ready_errors or is_retryable(status, code)
    return api.errors.get(code, ServiceError)(
        operation.function,
        code,
        message,
        status,
        request_id,
        members,
        retryable=metadata.get("Retryable", is_retried),
        attempts=metadata.get("RetryAttempts", 0) + 1,
        host=metadata.get("EndpointHost"),
        hint=find_hint(api, code, message, members, metadata.get("HTTPHeaders", {})),
        content=body[:SHOWN],
    )


def _request_id(metadata: Mapping[str, Any]) -> str | None:
    """Return the id of a request; botocore does not read it from an invalid response."""
    headers = metadata.get("HTTPHeaders", {})
    request_id: str | None = (
        metadata.get("RequestId")
        or headers.get("x-amzn-requestid")
        or headers.get("x-amz-request-id")
    )
    return request_id


def _message(error: Mapping[str, Any], request_id: str | None) -> str:
    """Return the message of an error, which may be missing, blank or not a string."""
    message = error.get("Message")
    if message is None or not str(message).strip():
        return _NO_MESSAGE + _FIND_BY_ID if request_id else _NO_MESSAGE
    # JSON may contain a lone surrogate, which cannot be printed.
    return str(message).encode(errors="replace").decode()


def _not_in_protocol(operation: Operation[Any], source: object) -> str:
    return (
        f"the response is not in the protocol of the service ({operation.api.protocol}): "
        "is there a proxy, or does the endpoint belong to another service, such as a "
        f"container itself? If not, it is not supported by {source}"
    )


def connection_error(
    operation: Operation[Any], error: Exception
) -> EndpointConnectionError | ResponseTimeoutError:
    """Return the error of a request that has no complete response.

    `error` is one of botocore, or one of urllib3 while a stream is read.
    """
    facts = getattr(error, "kwargs", {})
    proxy = _origin(facts.get("proxy_url"))
    peer = f"the proxy {proxy}" if proxy else _origin(facts.get("endpoint_url"))
    peer = peer or "the endpoint"
    attempts: int = vars(error).get("attempts", 1)
    tried = f", {attempts} attempts" if attempts > 1 else ""
    reason = f"({_root_cause(error)}{tried})"
    is_timeout = isinstance(
        error, botocore_errors.ReadTimeoutError | urllib3_errors.ReadTimeoutError
    )
    sent: str = vars(error).get("operation_name", operation.name)
    translated: EndpointConnectionError | ResponseTimeoutError
    if sent != operation.name:
        # For example CreateSession of S3 Express, whose result signs the request.
        translated = EndpointConnectionError(
            f"{operation.function}: no response to {sent}, which is sent first, from "
            f"{peer} {reason}; {_NOT_SENT}"
        )
    elif failed_before_send(error):
        remedy = _UNTRUSTED if _is_untrusted(error) else _NOT_SENT
        translated = EndpointConnectionError(
            f"{operation.function}: could not connect to {peer} {reason}; {remedy}"
        )
    elif is_timeout:
        translated = ResponseTimeoutError(
            f"{operation.function}: no response from {peer} in time {reason}; "
            f"{_MAY_BE_PROCESSED}; increase config(read_timeout=…) to wait longer"
        )
    else:
        translated = EndpointConnectionError(
            f"{operation.function}: the connection to {peer} broke before the response "
            f"was complete {reason}; {_MAY_BE_PROCESSED}"
        )
    translated.attempts = attempts
    return translated


def _is_untrusted(error: Exception) -> bool:
    """Return whether the authority of a certificate is unknown."""
    return any(
        getattr(each, "verify_code", None) in _UNTRUSTED_CODES for each in causes(error)
    )


def _origin(url: object) -> str:
    """Return the scheme, host and port of a URL; the rest may contain secrets."""
    if not isinstance(url, str):
        return ""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" if host else ""


def _root_cause(error: Exception) -> str:
    """Describe the root cause. Its text is shown only for types that never contain a URL."""
    cause = list(causes(error))[-1]
    types = OSError, HTTPException, ssl.SSLError, urllib3_errors.TimeoutError
    name = type(cause).__name__
    is_shown = isinstance(cause, (*types, ShrunkFileError)) and str(cause)
    return " ".join(f"{name}: {cause}".split()) if is_shown else name
