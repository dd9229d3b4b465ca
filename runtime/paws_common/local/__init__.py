"""
A local endpoint: Amazon SageMaker Runtime on this machine, from one function.

>>> def predict(body, request):
...     return body.upper()
>>> with LocalEndpoint(predict) as local:
...     svc = paws.sagemakerruntime(**local.config())
...     svc.invoke_endpoint(EndpointName="demo", Body=b"hello")["Body"]
b'HELLO'

Four modules, each of which imports only the ones above it:

``frames``  events as bytes of an event stream
``http1``   requests and responses as bytes of an HTTP/1.1 connection
``routes``  a request of SageMaker Runtime to its response, through ``predict``
``server``  sockets and threads; `LocalEndpoint`
"""

from paws_common.local.http1 import Headers
from paws_common.local.routes import Predict, Request
from paws_common.local.server import LocalEndpoint

__all__ = ["Headers", "LocalEndpoint", "Predict", "Request"]
