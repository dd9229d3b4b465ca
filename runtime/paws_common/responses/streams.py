"""Read a streamed response as events, bytes, text, lines or values."""

from __future__ import annotations

import codecs
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Protocol, Self, TypeVar, cast

from paws_common.api import Operation
from paws_common.errors import PawsError, StreamError
from paws_common.responses.decoding import (
    ServerSentEvent,
    StreamDecodeError,
    decode_json,
    decode_sse,
    decode_text,
    skip_byte_order_mark,
    split_lines,
)

if TYPE_CHECKING:
    from concurrent.futures import Executor

Event_co = TypeVar("Event_co", covariant=True)
Item = TypeVar("Item")
Result = TypeVar("Result")

_END: Any = object()


class Events(Protocol):
    """Events that can be closed."""

    def __iter__(self) -> Iterator[Mapping[str, Any]]: ...

    def close(self) -> None:
        """Close the connection."""


class EventStream(Generic[Event_co]):
    """The events of a response: ``{"PayloadPart": {"Bytes": b"…"}}``.

    A stream can be read once: iterate over it, call it with a function, or use one of
    `iter_bytes`, `iter_text`, `iter_lines`, `iter_json` and `iter_sse`. Events are read
    when they are needed. An error is raised after everything that arrived before it has
    been yielded.

    In a coroutine, use ``async for`` and `aiter_bytes`, `aiter_text`, `aiter_lines`,
    `aiter_json` or `aiter_sse`. A separate thread of the stream waits for its events.

    At the end of the stream, the connection returns to its pool. The connection is closed
    after an error, by `close`, at the end of a ``with`` statement, when a loop over one of
    the ``iter_…`` is left, when a task that waits for an event is cancelled, and when the
    stream object is deleted.

    Parameters
    ----------
    operation : Operation
        The operation.
    events : Events
        Iterates over the events of the connection.
    build_event : callable
        Returns an event with all members of the model.
    blobs : mapping
        The name of each event with bytes, and the name of that member.
    """

    def __init__(
        self,
        operation: Operation[Any],
        events: Events,
        build_event: Callable[[Mapping[str, Any]], Any],
        blobs: Mapping[str, str],
    ) -> None:
        self._operation = operation
        self._events = events
        self._blobs = blobs
        # A generator method would refer to the stream: a reference cycle, which delays
        # `__del__` until the garbage collector runs.
        self._iterator: Iterator[Event_co] = _read(events, build_event)
        self._is_over = self._is_closed = False
        self._executor: Executor | None = None

    def __iter__(self) -> Iterator[Event_co]:
        return self

    def __next__(self) -> Event_co:
        """Return the next event.

        Raises
        ------
        ServiceError
            The service ended the stream with an error.
        StreamError
            The stream ended within an event, an event is invalid, or the stream was
            closed.
        EndpointConnectionError, ResponseTimeoutError
            The connection broke, or nothing arrived in time.
        """
        if self._is_closed:
            raise StreamError(
                f"{self._operation.function}: the stream was closed before its end; "
                "call the function again for a new stream"
            )
        try:
            return next(self._iterator)
        except (StopIteration, PawsError):
            self._is_over = True
            raise
        except BaseException:  # Ctrl-C: the rest of the stream cannot be read
            self.close()
            raise

    def __call__(self, handler: Callable[[Event_co], Result | None]) -> list[Result]:
        """Call a function with each event, as in R, and close the stream.

        R: ``StreamHandler`` in ``paws.common/R/handlers_stream.R``.

        Parameters
        ----------
        handler : callable
            The function.

        Returns
        -------
        list
            The return values of the function, without None.

        Raises
        ------
        PawsError
            As in iteration.
        """
        with self:
            return [result for event in self if (result := handler(event)) is not None]

    def iter_bytes(self) -> Iterator[bytes]:
        """Yield the bytes of each event, as the service sent them.

        Events without bytes are skipped.

        Raises
        ------
        StreamError
            No event of this operation has bytes.
        PawsError
            As in iteration.
        """
        return self._reading(self._parts())

    def iter_text(self, encoding: str = "utf-8") -> Iterator[str]:
        """Yield the text of the bytes; a character that is split over parts is joined.

        Parameters
        ----------
        encoding : str
            The name of one of Python's encodings.

        Raises
        ------
        LookupError
            Python does not have this encoding.
        StreamError
            No event of this operation has bytes, or they are invalid in this encoding.
        PawsError
            As in iteration.
        """
        return self._reading(self._text(encoding))

    def iter_lines(self) -> Iterator[str]:
        r"""Yield the lines of the UTF-8 text, without their ends.

        A line ends at ``\n``, ``\r\n`` or ``\r``, as in server-sent events and in files
        that Python opens, and at the end of the stream. A byte order mark at the start is
        removed.

        Raises
        ------
        StreamError
            No event of this operation has bytes, or they are not UTF-8.
        PawsError
            As in iteration.
        """
        return self._reading(split_lines(self._utf_8()))

    def iter_json(self) -> Iterator[Any]:
        """Yield the JSON values of the UTF-8 text without delay.

        The values follow one another, on separate lines or not, or are the data of
        server-sent events. ``[DONE]``, which ends many streams, is not a value. An
        object that reports an error of the model is a value.

        Raises
        ------
        StreamError
            No event of this operation has bytes, or they are not JSON in UTF-8; the
            message states the offset.
        PawsError
            As in iteration.
        """
        return self._reading(decode_json(self._utf_8()))

    def iter_sse(self) -> Iterator[ServerSentEvent]:
        """Yield the server-sent events of the UTF-8 text (WHATWG HTML, section 9.2.6).

        ``[DONE]`` is an event like any other. The last event does not need a blank line
        after it. Text in another format yields no events.

        Raises
        ------
        StreamError
            No event of this operation has bytes, or they are not UTF-8.
        PawsError
            As in iteration.
        """
        return self._reading(decode_sse(self._utf_8()))

    def aiter_bytes(self) -> AsyncIterator[bytes]:
        """Return an asynchronous version of `iter_bytes`."""
        return self._aiter(self.iter_bytes())

    def aiter_text(self, encoding: str = "utf-8") -> AsyncIterator[str]:
        """Return an asynchronous version of `iter_text`."""
        return self._aiter(self.iter_text(encoding))

    def aiter_lines(self) -> AsyncIterator[str]:
        """Return an asynchronous version of `iter_lines`."""
        return self._aiter(self.iter_lines())

    def aiter_json(self) -> AsyncIterator[Any]:
        """Return an asynchronous version of `iter_json`."""
        return self._aiter(self.iter_json())

    def aiter_sse(self) -> AsyncIterator[ServerSentEvent]:
        """Return an asynchronous version of `iter_sse`."""
        return self._aiter(self.iter_sse())

    def __aiter__(self) -> AsyncIterator[Event_co]:
        return self

    async def __anext__(self) -> Event_co:
        """Return the next event, as `__next__` does."""
        event = await self._next(self)
        if event is _END:
            raise StopAsyncIteration
        return event

    async def _aiter(self, items: Iterator[Item]) -> AsyncIterator[Item]:
        try:
            while (item := await self._next(items)) is not _END:
                yield item
        finally:
            self.close()

    async def _next(self, items: Iterator[Item]) -> Item:
        from paws_common.thread_pool import run_in_thread

        def read() -> Item:
            return next(items, _END)

        return await run_in_thread(self._own_executor, read, on_cancel=self.close)

    def _own_executor(self) -> Executor:
        """Return the thread of this stream, so that it does not delay other calls."""
        if self._executor is None:
            from concurrent.futures import ThreadPoolExecutor

            self._executor = ThreadPoolExecutor(1, "paws-stream")
        return self._executor

    def _parts(self) -> Iterator[bytes]:
        if not self._blobs:
            raise StreamError(
                f"{self._operation.function}: the events of this operation have no "
                "bytes; iterate over the stream itself"
            )
        return self._bytes()

    def _bytes(self) -> Iterator[bytes]:
        for event in cast("Iterator[Mapping[str, Mapping[str, bytes]]]", self):
            for name, member in self._blobs.items():
                part = event.get(name, {}).get(member)
                if part is not None:
                    yield part

    def _text(self, encoding: str) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(encoding)()
        return decode_text(self._parts(), decoder)

    def _utf_8(self) -> Iterator[str]:
        return skip_byte_order_mark(self._text("utf-8"))

    def _reading(self, items: Iterable[Item]) -> Iterator[Item]:
        try:
            yield from items
        except StreamDecodeError as error:
            raise StreamError(f"{self._operation.function}: {error}") from None
        finally:
            self.close()

    def close(self) -> None:
        """Discard the rest of the stream, and close its connection."""
        self._is_closed = not self._is_over
        self._events.close()
        if self._executor is not None:
            self._executor.shutdown(wait=False)

    def __del__(self) -> None:
        # urllib3 has a connection in a reference cycle, which is collected much later.
        if "_events" in vars(self):  # or an interrupt has ended the constructor
            self._events.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "an EventStream cannot be copied or pickled, because it reads from a "
            'connection; pass its content: b"".join(stream.iter_bytes())'
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _read(events: Events, build: Callable[[Mapping[str, Any]], Any]) -> Iterator[Any]:
    try:
        yield from map(build, events)
    finally:
        events.close()
