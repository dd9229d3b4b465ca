"""The answer that comes in parts: its events, its bytes, its text, its lines, its values."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from paws_common.api import Operation
from paws_common.errors import PawsError, StreamError
from paws_common.results.decoding import UnreadableError, to_json, to_lines, to_text

if TYPE_CHECKING:
    from typing_extensions import Self

    from paws_common.wire.events import Events

Event_co = TypeVar("Event_co", covariant=True)
Item = TypeVar("Item")
Result = TypeVar("Result")


class EventStream(Generic[Event_co]):
    """Events as they come: ``{"PayloadPart": {"Bytes": b"…"}}``.

    It is read once, and in one of these ways: by iteration, by a function that is called
    with each event, or by `iter_bytes`, `iter_text`, `iter_lines` or `iter_json`.
    Nothing is read before it is wanted, and all that came before an error is given
    before the error is raised.

    The connection goes back to its pool at the end, and is closed at an error, by
    `close`, where a ``with`` statement ends, where a loop over one of the ``iter_…`` is
    left, and where nothing holds the stream any longer.

    Parameters
    ----------
    operation : Operation
        What was called.
    events : Events
        What reads the connection.
    whole : callable
        What completes an event.
    bytes_in : mapping
        Of the name of an event to that of its member that is bytes.
    """

    def __init__(
        self,
        operation: Operation[Any],
        events: Events,
        whole: Callable[[Mapping[str, Any]], Any],
        bytes_in: Mapping[str, str],
    ) -> None:
        self._operation = operation
        self._events = events
        self._bytes_in = bytes_in
        # A method would hold the stream: a cycle, and no end when it is forgotten.
        self._iterator: Iterator[Event_co] = _read(operation, events, whole)
        self._is_over = self._is_closed = False

    def __iter__(self) -> Iterator[Event_co]:
        return self

    def __next__(self) -> Event_co:
        """Return the next event.

        Raises
        ------
        ServiceError
            The service broke off with an error.
        StreamError
            The stream is cut off inside of an event, an event is broken, or the stream
            was closed before.
        EndpointConnectionError, ResponseTimeoutError
            The connection broke, or nothing came in time.
        """
        if self._is_closed:
            raise StreamError(
                f"{self._operation.function}: the stream was closed before its end; "
                "call again for another one"
            )
        try:
            return next(self._iterator)
        except (StopIteration, PawsError):
            self._is_over = True
            raise
        except BaseException:  # Ctrl-C: what follows is lost, and this is no end
            self.close()
            raise

    def __call__(self, handler: Callable[[Event_co], Result | None]) -> list[Result]:
        """Call a function with each event, as R does, and close the stream.

        R: ``StreamHandler`` in ``paws.common/R/handlers_stream.R``.

        Parameters
        ----------
        handler : callable
            What is called with each event.

        Returns
        -------
        list
            What it returned, each time that this was not None.

        Raises
        ------
        PawsError
            As iteration does.
        """
        with self:
            return [result for event in self if (result := handler(event)) is not None]

    def iter_bytes(self) -> Iterator[bytes]:
        """Give the bytes of each event, as it was cut by the service.

        Events without any are passed over.

        Raises
        ------
        StreamError
            No event of this operation has bytes.
        PawsError
            As iteration does.
        """
        return self._reading(self._parts())

    def iter_text(self, encoding: str = "utf-8") -> Iterator[str]:
        """Give the text of the bytes; a character split over two parts is joined.

        Parameters
        ----------
        encoding : str
            The name of an encoding of Python.

        Raises
        ------
        LookupError
            There is no such encoding.
        StreamError
            No event of this operation has bytes, or they are no text in this encoding.
        PawsError
            As iteration does.
        """
        return self._reading(self._text(encoding))

    def iter_lines(self) -> Iterator[str]:
        r"""Give the lines of the text in UTF-8, without what ends them.

        That is ``\n``, ``\r\n`` or ``\r``, as in server-sent events and in files that
        Python opens, and nothing else. A line that is split over parts is joined. What
        follows the last end is a line too.

        Raises
        ------
        StreamError
            No event of this operation has bytes, or they are no UTF-8.
        PawsError
            As iteration does.
        """
        return self._reading(to_lines(self._text("utf-8")))

    def iter_json(self) -> Iterator[Any]:
        """Give the JSON values of the text in UTF-8, each as soon as it is whole.

        They follow one another, on lines of their own or not, or stand in the ``data:``
        lines of server-sent events. ``[DONE]``, which ends many streams, is no value.

        Raises
        ------
        StreamError
            No event of this operation has bytes, or they are no JSON in UTF-8.
        PawsError
            As iteration does.
        """
        return self._reading(to_json(self._text("utf-8")))

    def _parts(self) -> Iterator[bytes]:
        if not self._bytes_in:
            raise StreamError(
                f"{self._operation.function}: its events hold no bytes; iterate over "
                "the stream itself"
            )
        return self._bytes()

    def _bytes(self) -> Iterator[bytes]:
        for event in cast("Iterator[Mapping[str, Mapping[str, bytes]]]", self):
            for name, member in self._bytes_in.items():
                part = event.get(name, {}).get(member)
                if part is not None:
                    yield part

    def _text(self, encoding: str) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(encoding)()
        return to_text(self._parts(), decoder)

    def _reading(self, items: Iterable[Item]) -> Iterator[Item]:
        try:
            yield from items
        except UnreadableError as error:
            raise StreamError(f"{self._operation.function}: {error}") from None
        finally:
            self.close()

    def close(self) -> None:
        """Give up what has not been read, and the connection with it."""
        self._is_closed = not self._is_over
        self._events.close()

    def __del__(self) -> None:
        # urllib3 holds a connection in a cycle, which may be collected much later.
        self._events.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _read(
    operation: Operation[Any],
    events: Events,
    whole: Callable[[Mapping[str, Any]], Any],
) -> Iterator[Any]:
    from paws_common.wire.client import answering

    try:
        with answering(operation):
            yield from map(whole, events)
    finally:
        events.close()
