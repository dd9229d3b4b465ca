"""A local endpoint: serve Amazon SageMaker Runtime on this machine, with a function.

>>> def predict(body, request):
...     return body.upper()
>>> with LocalEndpoint(predict) as local:
...     svc = paws.sagemakerruntime(**local.config())
...     svc.invoke_endpoint(EndpointName="demo", Body=b"hello")["Body"]
b'HELLO'

Each module imports only the ones above it:

``messages``, ``event_stream``, ``store``  plain data: requests, responses, events
``http_parser``  bytes of a connection to a request
``http_server``  sockets and threads
``container``  requests to a container, and its responses
``s3``  objects of S3
``routes``  a request of SageMaker Runtime to its response
``server``  `LocalEndpoint`
"""

from paws_common.local.messages import Headers, Request, Response
from paws_common.local.routes import Predict
from paws_common.local.server import LocalEndpoint

__all__ = ["Headers", "LocalEndpoint", "Predict", "Request", "Response"]
