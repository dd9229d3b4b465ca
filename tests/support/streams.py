"""Responses of SageMaker's streaming operation, byte by byte."""

from paws_common.local import event_stream


def part(content: bytes) -> bytes:
    """Return the message of a part of the payload."""
    headers = {":message-type": "event", ":event-type": "PayloadPart"}
    return event_stream.encode(headers, content)


def chunk(content: bytes) -> bytes:
    """Return a chunk of a body (RFC 9112, section 7.1)."""
    return b"%x\r\n%b\r\n" % (len(content), content)


def head(*fields: str) -> bytes:
    """Return the head of a response that is a stream."""
    lines = [
        "HTTP/1.1 200 OK",
        "Content-Type: application/vnd.amazon.eventstream",
        *fields,
    ]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


CHUNKED = head("Transfer-Encoding: chunked")
LAST_CHUNK = b"0\r\n\r\n"
MODEL_STREAM_ERROR = event_stream.encode(
    {":message-type": "exception", ":exception-type": "ModelStreamError"},
    b'{"ErrorCode": "ModelInvocationTimeExceeded", "Message": "too slow"}',
)
