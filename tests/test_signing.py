"""The signature of a request is botocore's, byte for byte."""

from __future__ import annotations

import io
import string
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given
from hypothesis import strategies as st

from paws_common.wire.signing import SigV4

KEY = ReadOnlyCredentials("AKID", "secret", "token")
TOKEN = string.ascii_letters + string.digits + "-"
names = st.text(TOKEN, min_size=1, max_size=8) | st.sampled_from(
    ["Host", "host", "User-Agent", "Connection", "Expect", "x-amzn-trace-id", "A", "a"]
)
values = st.text(st.characters(codec="ascii", exclude_characters="\r\n\0"), max_size=9)
hosts = st.sampled_from(["a.example", "A.Example", "127.0.0.1", "[::1]", "u:p@b.test"])
paths = st.text(TOKEN + "/%é .~", max_size=9)
queries = st.text(TOKEN + "&=%", max_size=9)


@st.composite
def urls(draw: st.DrawFn) -> str:
    scheme = draw(st.sampled_from(["http", "https"]))
    port = draw(st.sampled_from(["", ":80", ":443", ":8080"]))
    query = draw(st.just("") | queries.map("?{}".format))
    return f"{scheme}://{draw(hosts)}{port}/{draw(paths)}{query}"


@given(
    urls(),
    st.lists(st.tuples(names, values), max_size=5),
    st.binary(max_size=9),
)
def test_a_signature_and_all_that_it_is_made_of_are_botocore_s(
    url: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    request = AWSRequest("POST", url, data=body)
    request.context["timestamp"] = "20260102T030405Z"
    for name, value in headers:
        request.headers[name] = value
    ours, theirs = (parts(signer, request) for signer in (SigV4, SigV4Auth))
    assert ours == theirs


@given(
    urls(),
    st.lists(st.tuples(names, values), max_size=5),
    st.binary(max_size=9) | st.binary(max_size=9).map(io.BytesIO),
    st.booleans(),
)
def test_a_signed_request_has_the_signature_of_botocore(
    url: str, headers: list[tuple[str, str]], body: Any, is_body_signed: bool
) -> None:
    request = AWSRequest("POST", url, data=body)
    request.context["payload_signing_enabled"] = is_body_signed
    for name, value in headers:
        request.headers[name] = value
    SigV4(KEY, "sagemaker", "eu-west-1").add_auth(request)
    authorization = request.headers["Authorization"]
    del request.headers["Authorization"]
    _, names, _, signature = parts(SigV4Auth, request)
    assert f"SignedHeaders={names}, Signature={signature}" in authorization


def parts(signer: type[SigV4Auth], request: AWSRequest) -> tuple[str, ...]:
    made = signer(KEY, "sagemaker", "eu-west-1")
    canonical = made.canonical_request(request)
    text = made.string_to_sign(request, canonical)
    names = made.signed_headers(made.headers_to_sign(request))
    return canonical, names, text, made.signature(text, request)
