"""A package of generated services, filled with elements, and botocore's own clients."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from make_paws.cli import main
from support.moto_pages import KEY, MOST, PACKAGE, REGION, SERVICES, Moto
from support.services import botocore_client


@pytest.fixture(scope="session")
def moto() -> Iterator[Moto]:
    server = Moto()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return a package of the three services, of which plain functions can be called."""
    folder = tmp_path_factory.mktemp("paginated")
    command = ["generate", *SERVICES, "--package", PACKAGE, "--quiet"]
    assert main([*command, "--output", str(folder)]) == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield importlib.import_module(PACKAGE)
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


@pytest.fixture(scope="session")
def services(generated: Any, moto: Moto) -> Iterator[dict[str, Any]]:
    """Return the services, filled with results of every length up to `MOST`."""
    made = {
        name: getattr(generated, name)(
            endpoint=moto.url, region=REGION, credentials={"creds": KEY}
        )
        for name in SERVICES
    }
    s3, dynamodb, iam = made["s3"], made["dynamodb"], made["iam"]
    for count in range(MOST + 1):
        bucket, table = f"bucket-{count}", f"table-{count}"
        s3.create_bucket(Bucket=bucket)
        # A key of bytes: JSON, and so a token, has no such thing.
        dynamodb.create_table(
            TableName=table,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "B"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        for number in range(count):
            s3.put_object(Bucket=bucket, Key=f"key-{number}", Body=b"")
            dynamodb.put_item(TableName=table, Item={"id": {"B": b"\xff%d" % number}})
            iam.create_role(
                Path=f"/path{count}/",
                RoleName=f"role-{count}-{number}",
                AssumeRolePolicyDocument="{}",
            )
    yield made
    for service in made.values():
        service.client.close()


@pytest.fixture(scope="session")
def clients(moto: Moto) -> Iterator[dict[str, Any]]:
    """Return botocore's own clients of the same server."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(botocore_client(moto.url, name))
            for name in SERVICES
        }
