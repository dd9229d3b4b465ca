"""A package of generated services, filled with elements, and botocore's own clients."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest

from make_paws import emit, render, spec
from make_paws.overrides import Overrides
from make_paws.parse import parse
from support.moto_pages import KEY, MOST, PACKAGE, REGION, SERVICES, Moto


@pytest.fixture(scope="session")
def moto() -> Iterator[Moto]:
    server = Moto()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return a package of the three services, of which plain functions can be called."""
    folder = tmp_path_factory.mktemp("paginated")
    described = [parse(spec.load(name), Overrides()) for name in SERVICES]
    exports = {each.constructor: render.functions(each) for each in described}
    files = dict(render.package(exports, PACKAGE))
    for each in described:
        files.update(render.service(each, PACKAGE))
    emit.write(emit.encoded(files), folder)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    yield importlib.import_module(PACKAGE)
    sys.path.remove(str(folder))
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
    for count in range(MOST + 1):
        made["s3"].create_bucket(Bucket=f"bucket-{count}")
        # A key of bytes: JSON, and so a token, has no such thing.
        made["dynamodb"].create_table(
            TableName=f"table-{count}",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "B"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        for number in range(count):
            made["s3"].put_object(
                Bucket=f"bucket-{count}", Key=f"key-{number}", Body=b""
            )
            made["dynamodb"].put_item(
                TableName=f"table-{count}", Item={"id": {"B": b"\xff%d" % number}}
            )
            made["iam"].create_role(
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
    session = botocore.session.Session()
    made = {
        name: session.create_client(
            name,
            endpoint_url=moto.url,
            region_name=REGION,
            aws_access_key_id=KEY["access_key_id"],
            aws_secret_access_key=KEY["secret_access_key"],
        )
        for name in SERVICES
    }
    yield made
    for client in made.values():
        client.close()
