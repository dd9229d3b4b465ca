"""Serve Amazon SageMaker Runtime on this machine: `LocalEndpoint`."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from types import MappingProxyType
from typing import final

from paws_common.local.container import Containers
from paws_common.local.http_server import Server
from paws_common.local.messages import BytesLike, Reply, Request
from paws_common.local.routes import Predict, respond
from paws_common.local.s3 import Objects, is_request
from paws_common.local.store import BoundedStore
from paws_common.sagemaker.s3 import FORMS, LOCAL_BUCKET, locate
from paws_common.settings import LOCAL_ACCESS_KEY
from paws_common.types import Credentials, TypedDict


class ClientConfig(TypedDict):
    """The arguments of a service that calls a local endpoint."""

    endpoint: str
    region: str
    credentials: Credentials


def client_config(url: str) -> ClientConfig:
    """Return the configuration of a client for the local endpoint at a URL.

    The credentials are not secret. A service that has them ignores proxies, profiles and
    other AWS configuration of the environment, and reads asynchronous results from the
    same endpoint.
    """
    key = LOCAL_ACCESS_KEY
    return {
        "endpoint": url,
        "region": "us-east-1",
        "credentials": {"creds": {"access_key_id": key, "secret_access_key": key}},
    }


@final
class LocalEndpoint:
    """Amazon SageMaker Runtime on this machine, with a Python function as the model.

    It serves ``InvokeEndpoint``, ``InvokeEndpointAsync`` and
    ``InvokeEndpointWithResponseStream`` for an endpoint of any name, and the objects of S3
    that asynchronous calls read and write. Use it in a ``with`` statement, or call `start`
    and `stop`.

    Parameters
    ----------
    predict : Predict, optional
        The model: ``predict(body, request)`` receives the body as bytes and the complete
        `Request`, and returns bytes, an iterable of bytes or a `Response`. Each item of an
        iterable is one part of a stream, sent at once; the other two operations join the
        items. Several threads call it at the same time. An exception reaches the client as
        the service would send it: as ``ModelError`` with the exception's text, and its
        ``status_code`` if it has one; as ``ModelStreamError`` in a stream that has begun.
        A `ServiceError` is sent as that error of the service.
    container : str or Mapping of str to str, optional
        Instead of `predict`, the URL of a container on the loopback interface that serves
        ``GET /ping`` and ``POST /invocations``; or the URLs of several by TargetModel,
        InferenceComponentName or TargetVariant, with ``"AllTraffic"`` for requests that
        name none. While ``/ping`` does not return 200, calls raise
        ``ModelNotReadyException``.
    port : int, optional
        The port; 0, the default, selects a free one.

    Raises
    ------
    TypeError
        Neither or both of `predict` and `container` are passed, `predict` is not
        callable or is an R function, or `container` has another type.
    ValueError
        The URL of a container is not an ``http`` URL on the loopback interface, or a name
        is empty.

    Notes
    -----
    The response to an asynchronous request is sent when its result is in `outputs`. An
    ``InputLocation`` is read from the objects that were uploaded to the endpoint's own S3.
    Requests that a web page may have sent are rejected.
    """

    def __init__(
        self,
        predict: Predict | None = None,
        *,
        container: str | Mapping[str, str] | None = None,
        port: int = 0,
    ) -> None:
        self._containers = None if container is None else Containers(container)
        model = predict if self._containers is None else self._containers
        if model is None or (predict is not None and container is not None):
            raise TypeError("LocalEndpoint takes either predict or container=URL")
        self.predict = model
        self._port = port
        self._server: Server | None = None
        self._numbers = itertools.count()
        self._requests = BoundedStore[int, Request](lambda item: len(item.body))
        self._objects = Objects(len)

    def __enter__(self) -> LocalEndpoint:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start listening, in other threads.

        Raises
        ------
        OSError
            The port is in use or not permitted.
        RuntimeError
            The endpoint was started and not stopped.
        """
        if self._server is not None:
            raise RuntimeError(f"the local endpoint is already listening at {self.url}")
        self._server = Server(self._respond, self._port)

    def stop(self) -> None:
        """Close every connection and stop listening; does nothing if not started.

        If the model calls it, the connection of its own request is closed, too.
        """
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def wait_until_ready(self, timeout: float = 60.0) -> None:
        """Wait until ``/ping`` of every container returns 200.

        Parameters
        ----------
        timeout : float, optional
            The maximum number of seconds.

        Raises
        ------
        TimeoutError
            A container is not ready in time.
        """
        if self._containers is not None:
            self._containers.wait_until_ready(timeout)

    @property
    def predict(self) -> Predict:
        """The model. If it is replaced, later requests are sent to the new one."""
        return self._predict

    @predict.setter
    def predict(self, predict: Predict) -> None:
        if not callable(predict):
            raise TypeError(
                f"predict must be a function, predict(body, request) -> bytes, not "
                f"{type(predict).__name__}"
            )
        if _is_r_function(predict):
            raise TypeError(
                "predict must be a Python function, not an R function: the endpoint calls "
                "it from other threads, and R has only one; define predict with "
                "py_run_string()"
            )
        self._predict = predict

    @property
    def url(self) -> str:
        """The URL, ``http://127.0.0.1:PORT``; RuntimeError while it is stopped."""
        if self._server is None:
            raise RuntimeError(
                "the local endpoint is not started: use it in a with statement, "
                "or call start()"
            )
        return self._server.url

    def config(self) -> ClientConfig:
        """Return the arguments of ``paws.sagemakerruntime`` that call this endpoint.

        Returns
        -------
        ClientConfig
            ``endpoint``, ``region`` and ``credentials``, for
            ``paws.sagemakerruntime(**local.config())``. A service with them ignores the
            proxies, profiles and other AWS configuration of the environment.

        Raises
        ------
        RuntimeError
            The endpoint is not started.
        """
        return client_config(self.url)

    @property
    def requests(self) -> tuple[Request, ...]:
        """The last 1,000 requests, with at most 64 MB of bodies, the oldest first.

        Requests to S3 are not recorded.
        """
        return tuple(self._requests.items().values())

    @property
    def outputs(self) -> Mapping[str, bytes]:
        """The asynchronous results by location, the oldest first.

        The result is under the ``OutputLocation`` of the response; if the model failed,
        the text of its exception is under the ``FailureLocation``. The last 1,000 objects
        are stored, with at most 64 MB.
        """
        return MappingProxyType(
            {
                str(location): content
                for location, content in self._objects.items().items()
                if location.bucket == LOCAL_BUCKET
            }
        )

    def put_object(self, location: str, content: BytesLike) -> None:
        """Store an object in the endpoint's own S3, as the input of asynchronous calls.

        Parameters
        ----------
        location : str
            The ``InputLocation`` of the calls, such as ``"s3://my-bucket/in.csv"``.
        content : bytes
            The content.

        Raises
        ------
        ValueError
            `location` does not name an object.
        TypeError
            `content` is not bytes.
        """
        if not isinstance(content, BytesLike):
            raise TypeError(f"content must be bytes, not {type(content).__name__}")
        found = locate(location)
        if found is None or not found.key:
            raise ValueError(f"location: {location!r} is not {FORMS}")
        self._objects.put(found, bytes(content))

    def _respond(self, request: Request) -> Reply:
        if request.operation or not is_request(request):
            self._requests.put(next(self._numbers), request)
        return respond(request, self._predict, self._objects)


def _is_r_function(function: Predict) -> bool:
    """Return whether reticulate created a function from an R function.

    If another thread calls it, R aborts (reticulate before 1.39), or the call waits for
    R's thread, which waits for the response (reticulate 1.39 and later).
    """
    return str(getattr(function, "__module__", "")).startswith("rpytools.")
