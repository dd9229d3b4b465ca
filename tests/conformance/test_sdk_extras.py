"""Parameters from ``service-2.sdk-extras.json``, compared with botocore's client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.awsrequest import AWSResponse

from paws_common import ParameterError
from support.generated_services import (
    KEY,
    REGION,
    Generated,
    Sent,
    Services,
    same,
    several,
)

OPERATIONS = {
    "docdb": ["CopyDBClusterSnapshot", "CreateDBCluster"],
    "neptune": ["CopyDBClusterSnapshot", "CreateDBCluster"],
    "rds": [
        "CopyDBClusterSnapshot",
        "CopyDBSnapshot",
        "CreateDBCluster",
        "CreateDBInstanceReadReplica",
        "StartDBInstanceAutomatedBackupsReplication",
    ],
    "s3": ["GetObject", "HeadObject", "PutObject"],
}
CROSS_REGION = [
    (service, operation)
    for service, operations in OPERATIONS.items()
    if service != "s3"
    for operation in operations
]
ARN = "arn:aws:rds:eu-west-1:123456789012:db:source"
COPIED: dict[str, Any] = {
    "CopyDBClusterSnapshot": {
        "SourceDBClusterSnapshotIdentifier": ARN,
        "TargetDBClusterSnapshotIdentifier": "copy",
    },
    "CopyDBSnapshot": {
        "SourceDBSnapshotIdentifier": ARN,
        "TargetDBSnapshotIdentifier": "copy",
    },
    "CreateDBCluster": {"DBClusterIdentifier": "copy", "Engine": "neptune"},
    "CreateDBInstanceReadReplica": {
        "DBInstanceIdentifier": "copy",
        "SourceDBInstanceIdentifier": ARN,
    },
    "StartDBInstanceAutomatedBackupsReplication": {"SourceDBInstanceArn": ARN},
}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with several(OPERATIONS, tmp_path_factory) as made:
        yield made


def form(sent: Sent) -> dict[str, list[str]]:
    return parse_qs(sent.body.decode())


@pytest.mark.parametrize(("service", "operation"), CROSS_REGION)
def test_source_region_becomes_a_presigned_url(
    services: Services, service: str, operation: str
) -> None:
    """botocore replaces SourceRegion with a URL that is signed for that region."""
    values = {**COPIED[operation], "SourceRegion": "eu-west-1"}
    sent = form(same(services(service), operation, **values))
    (url,) = sent["PreSignedUrl"]
    query = parse_qs(urlsplit(url).query)
    assert "SourceRegion" not in sent
    assert query["Action"] == [operation]
    assert "eu-west-1" in query["X-Amz-Credential"][0].split("/")


@pytest.mark.parametrize(("service", "operation"), CROSS_REGION)
def test_presigned_url_of_the_caller_is_kept(
    services: Services, service: str, operation: str
) -> None:
    url = "https://rds.eu-west-1.amazonaws.com/?Action=Copy"
    values = {**COPIED[operation], "PreSignedUrl": url, "SourceRegion": "eu-west-1"}
    sent = form(same(services(service), operation, **values))
    assert sent["PreSignedUrl"] == [url]
    assert "SourceRegion" not in sent


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
        datetime(2020, 1, 2, 3, 4, 5),
        "2020-01-02T03:04:05+00:00",
        "Thu, 02 Jan 2020 03:04:05 GMT",
        1577934245,
    ],
)
def test_expires_of_s3_is_sent_as_a_timestamp(services: Services, moment: Any) -> None:
    sent = same(services("s3"), "PutObject", Bucket="b", Key="k", Expires=moment)
    assert sent.headers["expires"] == "Thu, 02 Jan 2020 03:04:05 GMT"


def test_expires_of_s3_takes_a_date(services: Services) -> None:
    day = services("s3").call(
        services("s3").strict,
        "PutObject",
        {"Bucket": "b", "Key": "k", "Expires": date(2020, 1, 2)},
    )
    assert isinstance(day, Sent)
    assert day.headers["expires"] == "Thu, 02 Jan 2020 00:00:00 GMT"


def test_invalid_expires_is_refused(services: Services) -> None:
    put = services("s3").function("PutObject")
    with pytest.raises(ParameterError, match="Expires: 'no time'"):
        put(Bucket="b", Key="k", Expires="no time")


def received(made: Generated, operation: str, expires: str) -> dict[str, Any]:
    """Return the result of a call to which the service responds with an Expires header."""

    def respond(**_: object) -> AWSResponse:
        headers = {"Expires": expires, "Content-Length": "0"}
        raw = SimpleNamespace(stream=lambda *_: iter(()), read=lambda *_: b"")
        return AWSResponse("https://b.s3.amazonaws.com/k", 200, headers, raw)

    service = getattr(made.package, made.described.constructor)(
        credentials={"creds": KEY}, region=REGION
    )
    service.client.meta.events.register_first("before-send.s3", respond)
    method = next(
        each.method for each in made.described.operations if each.name == operation
    )
    result: dict[str, Any] = getattr(service, method)(Bucket="b", Key="k")
    return result


@pytest.mark.parametrize("operation", ["GetObject", "HeadObject"])
def test_expires_in_a_result_is_a_datetime(services: Services, operation: str) -> None:
    result = received(services("s3"), operation, "Thu, 02 Jan 2020 03:04:05 GMT")
    assert result["Expires"] == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_invalid_expires_in_a_result_becomes_none(services: Services) -> None:
    """botocore drops the header and logs a warning (handle_expires_header)."""
    assert received(services("s3"), "HeadObject", "tomorrow")["Expires"] is None
