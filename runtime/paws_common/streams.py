"""The answer that comes in parts: an iterator over the events of a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from paws_common.api import Operation

if TYPE_CHECKING:
    from botocore.eventstream import EventStream as BotocoreEventStream
    from typing_extensions import Self

Event_co = TypeVar("Event_co", covariant=True)


class EventStream(Generic[Event_co]):
    """Events as they come: ``{"PayloadPart": {"Bytes": b"…"}}``.

    It is read once, by iteration, and closes at its end, at an error, and where a
    ``with`` statement around it ends.

    Parameters
    ----------
    operation : Operation
        What was called.
    events : botocore.eventstream.EventStream
        What botocore reads from the connection.
    whole : callable
        What completes an event.
    """

    def __init__(
        self,
        operation: Operation[Any],
        events: BotocoreEventStream[Any],
        whole: Callable[[Mapping[str, Any]], Any],
    ) -> None:
        self._operation = operation
        self._events = events
        self._iterator = iter(events)
        self._whole = whole

    def __iter__(self) -> Iterator[Event_co]:
        return self

    def __next__(self) -> Event_co:
        """Return the next event.

        Raises
        ------
        ServiceError
            The service broke off with an error; the parts before it were delivered.
        EndpointConnectionError, ResponseTimeoutError
            The connection broke, or the next part did not come in time.
        """
        from paws_common.client import answering

        try:
            with answering(self._operation):
                event: Event_co = self._whole(next(self._iterator))
        except BaseException:
            self.close()
            raise
        return event

    def close(self) -> None:
        """Give up what has not been read, and the connection with it."""
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
