"""Create presigned URLs: requests whose signature is a part of the URL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import botocore.auth

from paws_common.api import Api, Operation
from paws_common.client.error_origins import has_passed, is_raised_by_user_code
from paws_common.client.error_translation import translate_errors
from paws_common.errors import ConfigError, ParameterError, PawsError, Violation

if TYPE_CHECKING:
    from paws_common.client.capabilities import OperationSupport
    from paws_common.client.service_client import ServiceClient
    from paws_common.validation.presigned_urls import PresignedUrl

# Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters": the limit of
# X-Amz-Expires. Signature Version 2 has none.
_MAX_SECONDS = 604_800
# botocore: HmacV1QueryAuth in botocore/auth.py.
_KEPT_HEADERS = ("content-md5", "content-type", "x-amz-")
_OMITTED_HEADER = (
    "is a header, and not a part of a URL with Signature Version 2, botocore's default "
    'for S3; create the service with config={"signature_version": "v4"}'
)


def generate_presigned_url(
    client: ServiceClient, function: str, presigned: PresignedUrl
) -> str:
    """Return a presigned URL, which botocore signs with the credentials of a client.

    Raises
    ------
    ParameterError
        The installed botocore does not support an argument, or the URL cannot express it.
    ConfigError
        Credentials are missing.
    PawsError
        botocore cannot sign URLs for the service, such as one that needs a bearer token;
        or each request of the operation has a body.
    """
    operation = presigned.operation
    support = client.support(operation)
    support.check(operation, presigned.arguments)
    body = _raw_body(support)
    if body is not None and presigned.arguments.get(body):
        # The signer moves the members of a JSON object into the URL, also those of bytes
        # that happen to be one.
        violation = _body_violation(support, presigned, body)
        raise ParameterError(function, (violation,), operation.api.version)
    botocore_client: Any = client.client  # whose class is created at runtime
    try:
        with translate_errors(operation, support.source):
            url: str = botocore_client.generate_presigned_url(
                support.method,
                Params=dict(presigned.arguments),
                ExpiresIn=presigned.expires_in,
                HttpMethod=presigned.http_method,
            )
    except (TypeError, ValueError) as error:
        # The signer cannot read another body, such as XML, as a JSON object.
        if not has_passed(error, botocore.auth.__name__) or is_raised_by_user_code(
            error
        ):
            raise
        raise _body_error(support, function, presigned) from error
    if violations := tuple(_violations(support, presigned, url)):
        raise ParameterError(function, violations, operation.api.version)
    return url


def generate_db_auth_token(
    client: ServiceClient,
    api: Api,
    function: str,
    host: str,
    port: int,
    user: str,
    region: str | None,
) -> str:
    """Return a token for a database of Amazon RDS, which botocore signs.

    The default region is that of the client.

    A `ConfigError` is raised if credentials are missing, or the service is anonymous.
    """
    connect: Operation[Any] = Operation(
        api, "connect", function=function, input=None, output=None
    )
    botocore_client: Any = client.client
    with translate_errors(connect, client.source):
        token: str = botocore_client.generate_db_auth_token(host, port, user, region)
    if "X-Amz-Signature=" not in token:
        raise ConfigError(f"{function}: a token needs credentials; pass creds=…")
    return token


def _body_error(
    support: OperationSupport, function: str, presigned: PresignedUrl
) -> PawsError:
    """Return the error of a request with a body that a URL cannot express."""
    operation = presigned.operation
    if violations := tuple(_body_violations(support, presigned)):
        return ParameterError(function, violations, operation.api.version)
    return PawsError(
        f"{function}: {operation.name} cannot be presigned, because its requests have a "
        f"body ({operation.api.protocol}); call {operation.function} instead"
    )


def _violations(
    support: OperationSupport, presigned: PresignedUrl, url: str
) -> Iterator[Violation]:
    """Yield the arguments that a URL cannot express with its signature version."""
    query = parse_qs(urlsplit(url).query)
    if "X-Amz-Expires" in query and presigned.expires_in > _MAX_SECONDS:
        reason = f"{presigned.expires_in} is more than {_MAX_SECONDS} seconds (7 days)"
        yield Violation("expires_in", reason, False)
    if "AWSAccessKeyId" in query and "Expires" in query:
        # Signature Version 2 omits headers and the body without an error.
        for name, location, key in _locations(support, presigned):
            if location == "header" and not key.lower().startswith(_KEPT_HEADERS):
                yield Violation(f"params.{name}", _OMITTED_HEADER, False)
        yield from _body_violations(support, presigned)


def _body_violations(
    support: OperationSupport, presigned: PresignedUrl
) -> Iterator[Violation]:
    for name, location, _ in _locations(support, presigned):
        if location is None and presigned.arguments[name]:  # or it adds no body
            yield _body_violation(support, presigned, name)


def _body_violation(
    support: OperationSupport, presigned: PresignedUrl, name: str
) -> Violation:
    operation = presigned.operation
    remedy = f"call {operation.function} instead"
    if support.shape is None or name not in support.shape.required_members:
        # The signature of S3 does not cover the body.
        is_s3 = operation.api.service == "s3"
        send = "and send it as the body of the request to the URL"
        remedy = f"omit it, {send if is_s3 else f'or {remedy}'}"
    reason = f"is sent in the body of a request, which a URL cannot contain; {remedy}"
    return Violation(f"params.{name}", reason, False)


def _raw_body(support: OperationSupport) -> str | None:
    """Return the parameter whose bytes or text are the complete body of a request."""
    shape: Any = support.shape
    name: str | None = shape.serialization.get("payload") if shape else None
    if name is None or shape.members[name].type_name not in ("blob", "string"):
        return None
    return name


def _locations(
    support: OperationSupport, presigned: PresignedUrl
) -> Iterator[tuple[str, str | None, str]]:
    """Yield each argument with its location in a request, None for the body, and its key."""
    members = support.shape.members if support.shape else {}
    for name in presigned.arguments:
        serialization = members[name].serialization
        yield name, serialization.get("location"), str(serialization.get("name", name))
