"""moto's S3, a clock on which results appear there, and shared constants."""

import re
from collections.abc import Callable
from typing import Any

from paws_common.sagemaker.polling import Clock
from support.moto_server import Answer, MotoServer

KEY = {"access_key_id": "key", "secret_access_key": "secret"}
OTHER_KEY = {"access_key_id": "other", "secret_access_key": "secret"}
REGION = "us-east-1"
BUCKET = "local_endpoint"  # the one that the local endpoint names
OUTPUT = {"Bucket": BUCKET, "Key": "demo/output/id.out"}
FAILURE = {"Bucket": BUCKET, "Key": "demo/failure/id-error.out"}
RESPONSE = {
    "InferenceId": "id",
    "OutputLocation": "s3://local_endpoint/demo/output/id.out",
    "FailureLocation": "s3://local_endpoint/demo/failure/id-error.out",
}
INLINE = 128_000  # AsyncBodyBlob in the model
LARGE = b"x" * (INLINE + 1)


class Moto(MotoServer):
    """moto's S3, which records requests; a test may replace its responses."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []  # method and path
        self.signed: list[str] = []  # key id and region
        self.interfere: Callable[[dict[str, Any]], Answer | None] = lambda _: None
        super().__init__()

    def _instead(self, environ: dict[str, Any], body: bytes) -> Answer | None:
        self.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        signed = re.search(
            "Credential=([^/]+)/[0-9]+/([^/]+)/", environ["HTTP_AUTHORIZATION"]
        )
        assert signed
        self.signed.append(f"{signed[1]} {signed[2]}")
        return self.interfere(environ)


class Time:
    """A clock that only sleeping advances, with scheduled actions."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self._events: list[tuple[float, Callable[[], object]]] = []

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.now, self.sleep)

    def at(self, seconds: float, event: Callable[[], object]) -> None:
        self._events.append((1000.0 + seconds, event))

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        due = [event for moment, event in self._events if moment <= self.now]
        self._events = [each for each in self._events if each[0] > self.now]
        for event in due:
            event()


def denial(message: str = "Access Denied") -> Answer:
    return error("403 Forbidden", "AccessDenied", message)


def error(status: str, code: str, message: str = "no") -> Answer:
    text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return status, [("Content-Type", "application/xml")], text.encode()


def uploaded(moto: Moto) -> list[str]:
    return [path for verb, path in moto.asked if verb == "PUT"]
