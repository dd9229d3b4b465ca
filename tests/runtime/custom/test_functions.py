"""Parts of `paws_common.custom`: tokens of rds, files that are replaced, checksums."""

from __future__ import annotations

import io
import pickle
from base64 import b64decode
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import cloudpickle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_paws import overrides
from paws_common import ConfigError, ParameterError, paginate
from paws_common.client.checksums import calculate_checksum
from paws_common.custom.files import replacing
from support.generated_services import Generated, frozen, generated

KEYS = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "secret"}
ENDPOINT = "db.example.com:3306"


@pytest.fixture(scope="module")
def rds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generated]:
    folder = tmp_path_factory.mktemp("rds")
    rules = overrides.load()
    with frozen(), generated("rds", ["CopyDBSnapshot"], folder, rules=rules) as made:
        yield made


def builder(rds: Generated, **credentials: Any) -> Callable[..., str]:
    """Return the method of a service with some credentials."""
    service = rds.package.rds(credentials=credentials)
    return partial(service.build_auth_token, ENDPOINT, "us-east-1", "jane")


@given(
    host=st.from_regex(r"[a-z][a-z0-9.-]{0,30}", fullmatch=True),
    port=st.integers(1, 65_535),
    user=st.text(min_size=1, max_size=9).filter(str.isprintable),
    region=st.sampled_from(["us-east-1", "eu-central-1"]),
)
def test_token_is_that_of_botocore(rds, host, port, user, region) -> None:
    service = rds.package.rds(credentials={"creds": KEYS}, region="us-west-2")
    expected = rds.plain.generate_db_auth_token(host, port, user, region)

    assert service.build_auth_token(f"{host}:{port}", region, user) == expected


def test_token_is_signed_with_other_credentials(rds) -> None:
    other = {**KEYS, "access_key_id": "OTHER"}
    assert "OTHER" in builder(rds, creds=other)()
    assert "AKIDEXAMPLE" in builder(rds, creds=other)(creds=KEYS)


@pytest.mark.parametrize(
    "credentials", [{"anonymous": True}, {"profile": "missing"}, {}]
)
def test_token_needs_credentials(rds, credentials) -> None:
    with pytest.raises(ConfigError):
        builder(rds, **credentials)()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *(("endpoint", value) for value in ["db", "db:", ":1", "db:0", "db:65536"]),
        *(("endpoint", value) for value in ["https://db:1", "u@db:1", None, 3306]),
        *(("region", value) for value in ["", None, 1]),
        *(("user", value) for value in ["", None, 1]),
    ],
)
def test_invalid_argument_of_a_token(rds, path, value) -> None:
    arguments = {"endpoint": ENDPOINT, "region": "us-east-1", "user": "jane"}
    with pytest.raises(ParameterError) as caught:
        rds.package.rds().build_auth_token(**{**arguments, path: value})
    assert caught.value.function == "rds_build_auth_token"
    assert [violation.path for violation in caught.value.violations] == [path]


def test_custom_function_is_not_an_operation(rds) -> None:
    with pytest.raises(TypeError, match="build_auth_token"):
        paginate(rds.package.rds().build_auth_token)


@pytest.mark.parametrize("module", [pickle, cloudpickle])
def test_custom_method_is_pickled(rds, module) -> None:
    method = builder(rds, creds=KEYS)
    assert pickle.loads(module.dumps(method))() == method()
    assert method.func.__qualname__ == "RDS.build_auth_token"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_file_is_unchanged_after_an_exception(error, tmp_path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")

    def write() -> None:
        with replacing(str(path)) as file:
            file.write(b"after")
            raise error

    with pytest.raises(error):
        write()
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


# The check values of the catalogue of CRC algorithms, and RFC 6234, section 8.5.
@pytest.mark.parametrize(
    ("algorithm", "content", "expected"),
    [
        ("crc32", b"123456789", "cbf43926"),
        ("crc32c", b"123456789", "e3069283"),
        ("crc64nvme", b"123456789", "ae8b14860a799888"),
        ("sha1", b"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "sha256",
            b"abc",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
    ],
)
def test_checksum_of_a_file(algorithm, content, expected) -> None:
    if algorithm in ("crc32c", "crc64nvme"):
        pytest.importorskip("awscrt")
    file = io.BytesIO(content)
    file.seek(1)
    assert b64decode(calculate_checksum(algorithm, file) or "").hex() == expected


def test_unsupported_algorithm_has_no_checksum() -> None:
    assert calculate_checksum("xxhash3", io.BytesIO(b"")) is None
