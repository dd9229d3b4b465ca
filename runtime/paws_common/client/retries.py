"""Which requests are retried, how often, and when.

The caller pays for each run of a model, so a request that may have been processed is not
retried. botocore's own retry modes retry it; this policy replaces them. It handles
botocore's event ``needs-retry``.

=======================================================  =============================
What happened                                            Retried
=======================================================  =============================
not written: no connection, name, proxy or TLS session   `max_retries` times
HTTP 500, 502, 503                                       `max_retries` times
throttled: HTTP 429, a code of throttling or the model   `max_retries` times
a resource is not ready, such as a model being loaded    4 times as often, further apart
written, and no response; HTTP 504 of a gateway          with ``retry_timeouts=True``
the response broke off, or stalled, while it was read    no
a certificate cannot be verified                         no
anything else, such as 424 ModelError                    no
=======================================================  =============================

botocore's other handlers of the event still send a request again that the service did not
process: after a redirect to the region of a bucket, and for endpoint discovery.
"""

from __future__ import annotations

import random
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from zlib import crc32

from botocore import exceptions as botocore_errors

from paws_common.client.connections import Progress, progress_of
from paws_common.client.error_origins import causes, foreign_cause

if TYPE_CHECKING:
    from botocore.awsrequest import AWSRequest
    from botocore.client import BaseClient
    from botocore.model import OperationModel

DEFAULT_MAX_RETRIES = 3  # R: max_retries in paws.common/R/config.R
MAX_DELAY_SECONDS = 20.0  # R: exp_back_off in paws.common/R/retry.R
MODEL_NOT_READY_FACTOR = 4  # as many retries while a resource is not ready

_GATEWAY_TIMEOUT = 504  # RFC 9110, section 15.6.5: the service may still be working
_RETRYABLE_STATUSES = frozenset({429, 500, 502, 503})
# botocore's errors if no response was received.
_NO_RESPONSE = (botocore_errors.ConnectionError, botocore_errors.HTTPClientError)

# R: retryable_codes in paws.common/R/retry.R; botocore/retries/standard.py, special.py.
_RETRYABLE_CODES = frozenset(
    {
        # Transient errors
        "IDPCommunicationError",
        "PriorRequestNotComplete",
        "RequestTimeout",
        "RequestTimeoutException",
        # Throttling
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


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Handler of botocore's event ``needs-retry``."""

    max_retries: int
    retry_timeouts: bool  # whether to retry a request that may have been processed
    not_ready_errors: tuple[str, ...] = ()  # codes that end when a resource is ready

    def __call__(
        self,
        response: Any,
        operation: OperationModel,
        attempts: int,
        caught_exception: Exception | None,
        request_dict: Mapping[str, Any],
        **_: object,
    ) -> float | None:
        """Return the seconds until a request is retried; None if it is not retried.

        Details of the attempt are added to the error or to the parsed response, for
        `paws_common.client.error_translation`.
        """
        if caught_exception is not None:
            if isinstance(caught_exception, _NO_RESPONSE):
                facts = {"attempts": attempts, "operation_name": operation.name}
                vars(caught_exception).update(facts)
            retryable = self._is_retryable_failure(caught_exception)
            status, code, headers = None, "", {}
        else:
            http_response, parsed = response
            # botocore's handler has a single attempt, and counts it as the last one.
            parsed.get("ResponseMetadata", {}).pop("MaxAttemptsReached", None)
            status, code = http_response.status_code, _code(parsed)
            headers = http_response.headers
            retryable = (
                code in self.not_ready_errors
                or is_retryable(status, code, operation)
                or (self.retry_timeouts and status == _GATEWAY_TIMEOUT)
            )
            if status >= 300:
                metadata = parsed.setdefault("ResponseMetadata", {})
                metadata["EndpointHost"] = urlsplit(request_dict["url"]).netloc
                metadata["Retryable"] = retryable
            retryable = retryable or _is_corrupt(http_response, operation)
        is_starting = code in self.not_ready_errors
        limit = self.max_retries * (MODEL_NOT_READY_FACTOR if is_starting else 1)
        if not retryable or attempts > limit:
            return None
        return delay_seconds(attempts, headers, is_starting=is_starting)

    def _is_retryable_failure(self, error: Exception) -> bool:
        if foreign_cause(error) is not None or any(
            isinstance(each, ssl.SSLCertVerificationError) for each in causes(error)
        ):
            return False
        match progress_of(error):
            case Progress.NOT_WRITTEN:
                return True
            case Progress.WRITTEN | Progress.SENT:
                return self.retry_timeouts and isinstance(error, _NO_RESPONSE)
            case Progress.UNKNOWN:
                # The cause may be a certificate that cannot be verified.
                is_tls = isinstance(error, botocore_errors.SSLError)
                is_lost = isinstance(error, _NO_RESPONSE) and not is_tls
                return self.retry_timeouts and is_lost
        return False

    def set_max_attempts(self, request: AWSRequest, **_: object) -> None:
        """Set the maximum in the header ``amz-sdk-request``; for botocore, it is 1."""
        if "retries" in request.context:
            request.context["retries"]["max"] = self.max_retries + 1


def register_retries(client: BaseClient, policy: RetryPolicy) -> None:
    """Make `policy` decide what a client of botocore retries."""
    events = client.meta.events
    service = client.meta.service_model.service_id.hyphenize()
    # After botocore's handler of this name, before the one that writes the header.
    events.register(f"request-created.{service}", policy.set_max_attempts)
    # The stubs declare that handlers return nothing.
    events.register_last("needs-retry", cast(Any, policy))


def is_retryable(
    status: int | None, code: str, operation: OperationModel | None = None
) -> bool:
    """Return whether the same request may succeed later, and was not processed.

    The status of an error in a stream is None. The model of the operation may declare an
    error as retryable.
    """
    return (
        status in _RETRYABLE_STATUSES
        or code in _RETRYABLE_CODES
        or (operation is not None and _is_modelled(code, operation))
    )


def failed_before_send(error: BaseException) -> bool:
    """Return whether a request failed before any byte of it was written."""
    return progress_of(error) is Progress.NOT_WRITTEN


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


def _is_corrupt(response: Any, operation: OperationModel) -> bool:
    """Return whether a response of DynamoDB does not match its checksum.

    botocore: ``RetryDDBChecksumError`` in ``botocore/retries/special.py``.
    """
    expected = response.headers.get("x-amz-crc32", "")
    return (
        operation.service_model.service_name == "dynamodb"
        and re.fullmatch("[0-9]{1,10}", expected) is not None
        and crc32(response.content) != int(expected)
    )


def delay_seconds(
    attempts: int, headers: Mapping[str, str], *, is_starting: bool
) -> float:
    """Return the seconds until a request is retried, 20 at most.

    The delay is a random number between 0 and 2, 4, 8 … seconds ("full jitter"), plus the
    delay that the response requests. While a resource is starting, it is between 0 and 20
    seconds from the first attempt.
    """
    longest = MAX_DELAY_SECONDS if is_starting else min(MAX_DELAY_SECONDS, 2**attempts)
    return min(MAX_DELAY_SECONDS, _retry_after(headers) + random.uniform(0, longest))


def _retry_after(headers: Mapping[str, str]) -> float:
    """Return the delay in seconds that a response requests, 0 by default.

    RFC 9110, section 10.2.3: a number of seconds, or a date. AWS's own header is in
    milliseconds (``botocore/retries/standard.py``).
    """
    milliseconds = headers.get("x-amz-retry-after", "").strip()
    if re.fullmatch("[0-9]{1,9}", milliseconds):
        return int(milliseconds) / 1000
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,9}", text):
        return float(text)
    try:
        date = parsedate_to_datetime(text)
        if date.tzinfo is None:  # "-0000": UTC, with an unknown zone
            date = date.replace(tzinfo=UTC)
        return max(0.0, (date - datetime.now(UTC)).total_seconds())
    except (OverflowError, TypeError, ValueError):
        return 0.0
