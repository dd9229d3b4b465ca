"""Which requests are sent again, how often, and when.

Every run of a model is paid, so nothing is sent twice that may have been done once.
botocore's own modes send such requests again; this takes their place on botocore's public
event ``needs-retry``.

======================================================  =================================
What happened                                           Sent again
======================================================  =================================
no connection, no name, no proxy, no TLS: nothing sent  `max_retries` times
HTTP 500, 502, 503, 504                                 `max_retries` times
throttling: 429, a code of it, or the model says so     `max_retries` times
ModelNotReadyException (429)                            4 times as often, further apart
no answer in time, or the connection broke before it    only with ``retry_timeouts=True``
the answer broke off, or stalled, while it was read     no
a certificate that is wrong                             no: it stays wrong
anything else, such as 424 ModelError                   no
======================================================  =================================

A connection that lay idle and was closed by the service is no failure: urllib3 looks
before it sends, and makes a new one. One that closes just while a request is sent
cannot be told from one that closes when the model has run, and counts as the latter.

botocore's other handlers send again what the service refused to do as it was asked, and
go on doing so: redirects to the region of a bucket of S3, and endpoint discovery. So
does the check of DynamoDB's checksums, which is a part of botocore's modes and kept here.
"""

from __future__ import annotations

import random
import re
import ssl
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from zlib import crc32

from botocore import exceptions as raised

if TYPE_CHECKING:
    from botocore.awsrequest import AWSRequest
    from botocore.client import BaseClient
    from botocore.model import OperationModel

DEFAULT = 3  # R: max_retries in paws.common/R/config.R
LONGEST = 20.0  # seconds between two attempts; R: exp_back_off in paws.common/R/retry.R
PATIENCE = 4  # times as many retries while a model is being loaded

_TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})
# R: retryable_codes in paws.common/R/retry.R; botocore/retries/standard.py, special.py.
_TRANSIENT = frozenset(
    {
        "IDPCommunicationError",
        "PriorRequestNotComplete",
        "RequestTimeout",
        "RequestTimeoutException",
    }
)
_THROTTLING = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
_NOT_READY = "ModelNotReadyException"

# What botocore raises before it has sent a byte of the request.
_UNCONNECTED = (
    raised.ConnectTimeoutError,
    raised.EndpointConnectionError,
    raised.ProxyConnectionError,
)
_LOST = (raised.ConnectionError, raised.HTTPClientError)

sleep = time.sleep


@dataclass(frozen=True, slots=True)
class Retries:
    """The handler of botocore's event ``needs-retry``.

    Parameters
    ----------
    most : int
        How many times a request is sent again at most.
    lost : bool
        Whether one is whose answer was lost, and which may have been carried out.
    """

    most: int
    lost: bool

    def __call__(
        self,
        response: Any,
        operation: OperationModel,
        attempts: int,
        caught_exception: Exception | None,
        request_dict: Mapping[str, Any],
        **_: object,
    ) -> float | None:
        """Wait, and return 0.0 for a request to be sent again; else None."""
        if caught_exception is not None:
            vars(caught_exception)["attempts"] = attempts
            again = self._again(caught_exception)
            headers: Mapping[str, str] = {}
            code = ""
        else:
            answer, parsed = response
            headers, code = answer.headers, _code(parsed)
            again = may_pass(answer.status_code, code, operation)
            if answer.status_code >= 300:
                metadata = parsed.setdefault("ResponseMetadata", {})
                metadata["EndpointHost"] = urlsplit(request_dict["url"]).netloc
                metadata["Retryable"] = again
            again = again or _is_corrupt(answer, operation)
        if not again or attempts > self._limit(code):
            return None
        sleep(delay(attempts, headers, patient=code == _NOT_READY))
        return 0.0

    def _again(self, error: Exception) -> bool:
        return nothing_sent(error) or (self.lost and _was_lost(error))

    def _limit(self, code: str) -> int:
        return self.most * (PATIENCE if code == _NOT_READY else 1)

    def announce(self, request: AWSRequest, **_: object) -> None:
        """Have ``amz-sdk-request`` tell how many attempts there may be."""
        context = request.context.get("retries")
        if context is not None:
            context["max"] = self.most + 1


def replace_retries(client: BaseClient, retries: Retries) -> None:
    """Have `retries` decide what a client sends again, in the place of botocore's own.

    That has one attempt, and would send nothing again; it goes, for it costs 3 % of a call.
    Its id is botocore's (``botocore/retries/standard.py``).
    """
    events = client.meta.events
    service = client.meta.service_model.service_id.hyphenize()
    events.unregister(f"needs-retry.{service}", unique_id=f"retry-config-{service}")
    # The stubs know of no handler that gives anything back.
    events.register_last(f"needs-retry.{service}", cast(Any, retries))
    events.register_last(f"request-created.{service}", retries.announce)


def may_pass(
    status: int | None, code: str, operation: OperationModel | None = None
) -> bool:
    """Tell whether the same request may succeed when it is sent again.

    Parameters
    ----------
    status : int or None
        The HTTP status of the error; None inside of a stream.
    code : str
        The code of the error.
    operation : botocore.model.OperationModel, optional
        What was called: the model may say of an error that it is retryable.
    """
    return (
        status == 429
        or status in _TRANSIENT_STATUSES
        or code in _TRANSIENT
        or code in _THROTTLING
        or code == _NOT_READY
        or (operation is not None and _is_modelled(code, operation))
    )


def _is_modelled(code: str, operation: OperationModel) -> bool:
    shapes: Any = operation.error_shapes
    return any(
        shape.metadata.get("retryable") is not None
        and code in (shape.name, shape.metadata.get("error", {}).get("code"))
        for shape in shapes
    )


def _code(parsed: Mapping[str, Any]) -> str:
    error = parsed.get("Error")
    return str(error.get("Code")) if isinstance(error, dict) else ""


def nothing_sent(error: BaseException) -> bool:
    """Tell of a connection's error whether it came for sure before the request was sent.

    What fails, or takes too long, in TLS's handshake, botocore raises as errors of the
    same kinds as what fails later; only the place where it was raised tells them apart.
    """
    if isinstance(error, _UNCONNECTED):
        return True
    reasons = list(chain(error))
    return not any(
        isinstance(reason, ssl.SSLCertVerificationError) for reason in reasons
    ) and any(
        frame.f_code.co_name == "do_handshake"
        for reason in reasons
        for frame, _ in traceback.walk_tb(reason.__traceback__)
    )


def _was_lost(error: BaseException) -> bool:
    return isinstance(error, _LOST) and not isinstance(error, raised.SSLError)


def chain(error: BaseException) -> Iterator[BaseException]:
    """Give an error, and what it was raised for, down to the first one."""
    reason: BaseException | None = error
    while reason is not None:
        yield reason
        reason = reason.__cause__ or reason.__context__


def _is_corrupt(answer: Any, operation: OperationModel) -> bool:
    """Tell it of DynamoDB's answers, the only ones with such a header.

    botocore: ``RetryDDBChecksumError`` in ``botocore/retries/special.py``.
    """
    expected = answer.headers.get("x-amz-crc32", "")
    return (
        operation.service_model.service_name == "dynamodb"
        and re.fullmatch("[0-9]{1,10}", expected) is not None
        and crc32(answer.content) != int(expected)
    )


def delay(attempts: int, headers: Mapping[str, str], patient: bool) -> float:
    """Return the seconds until a request is sent again, 20 at most.

    That is a random part of 2, 4, 8 … seconds ("full jitter"), and as much later as the
    service asks for. Of a model that is being loaded, it is of 20 seconds at once.

    Parameters
    ----------
    attempts : int
        How often it was sent so far.
    headers : mapping
        The headers of the answer.
    patient : bool
        Whether a model is being loaded.
    """
    most = LONGEST if patient else min(LONGEST, 2**attempts)
    return min(LONGEST, _asked(headers) + random.uniform(0, most))


def _asked(headers: Mapping[str, str]) -> float:
    """Return the seconds that an answer asks to wait for, 0 where it does not.

    RFC 9110, section 10.2.3: a number of seconds, or a date. AWS's own header is in
    milliseconds (``botocore/retries/standard.py``).
    """
    text = headers.get("Retry-After", "").strip()
    own = headers.get("x-amz-retry-after", "").strip()
    if re.fullmatch("[0-9]{1,9}", own):
        return int(own) / 1000
    if re.fullmatch("[0-9]{1,9}", text):
        return float(text)
    try:
        date = parsedate_to_datetime(text)
        if date.tzinfo is None:  # "-0000": a date in UTC that says nothing of its zone
            date = date.replace(tzinfo=timezone.utc)
        return max(0.0, (date - datetime.now(timezone.utc)).total_seconds())
    except (OverflowError, TypeError, ValueError):
        return 0.0
