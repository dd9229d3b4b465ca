"""Wrong calls, one a line; `expected/` contains the errors of the type checkers."""

from io import StringIO

import paws
from paws.services.sagemakerruntime.operations import INVOKE_ENDPOINT
from paws_common import (
    LocalEndpoint,
    ParameterError,
    map_bodies,
    operation,
    wait_for_result,
)

svc = paws.sagemakerruntime()
result = svc.invoke_endpoint("demo", b"")
job = svc.invoke_endpoint_async("demo", Body=b"")
stream = svc.invoke_endpoint_with_response_stream("demo", b"")

# The arguments of a call.
paws.sagemakerruntime_invoke_endpoint("demo")
paws.sagemakerruntime_invoke_endpoint(b"demo", b"")
paws.sagemakerruntime_invoke_endpoint("demo", {"a": 1})
paws.sagemakerruntime_invoke_endpoint("demo", b"", "text/csv")
paws.sagemakerruntime_invoke_endpoint("demo", b"", content_type="text/csv")
paws.sagemakerruntime_invoke_endpoint("demo", b"", ContentType=b"text/csv")
paws.sagemakerruntime_invoke_endpoint("demo", StringIO("1,2"))
paws.sagemakerruntime_invoke_endpoint_async("demo", "s3://bucket/in.csv")
paws.sagemakerruntime_invoke_endpoint_async("demo", RequestTTLSeconds="60")
svc.invoke_endpoint(b"demo", b"")
svc.invoke_endpoint("demo", b"", Acept="text/csv")
svc.invoke_endpoints("demo", b"")
paws.sagemakerruntime_invoke("demo", b"")

# Results.
result["body"]
result["Body"].upper().encode()
result["ContentType"].upper()
result["ResponseMetadata"]["HTTPStatusCode"].upper()
job["Body"]
stream["Body"]["PayloadPart"]
for event in stream["Body"]:
    event["InternalStreamFailure"]
    event["PayloadPart"]["Bytes"].decode()
stream["Body"].iter_lines("utf-8")


# Coroutines.
async def coroutines() -> None:
    result = await svc.aio.invoke_endpoint("demo", b"")
    await svc.aio.invoke_endpoint("demo")
    await svc.aio.invoke_endpoint("demo", b"", content_type="text/csv")
    await svc.aio.invoke_endpoints("demo", b"")
    await paws.aio.sagemakerruntime_invoke_endpoint(b"demo", b"")
    await paws.aio.sagemakerruntime_invoke("demo", b"")
    svc.aio.invoke_endpoint("demo", b"")["Body"]
    result["body"]
    result["Body"].upper().encode()


# The configuration.
paws.config(regoin="eu-west-1")
paws.config(read_timeout="30")
paws.config(validation="of")
paws.creds(access_key_id=1)
paws.sagemakerruntime({"regoin": "eu-west-1"})
paws.sagemakerruntime({"credentials": {"creds": {"access_key": "id"}}})
paws.sagemakerruntime(region=1)

# Arguments of a service.
paws.paginate(svc, PageSize=1)
paws.paginate(svc.invoke_endpoint, "demo", b"", PageSize="1")
paws.list_paginators(paws.sagemakerruntime)
paws.wait_until("ready", svc.invoke_endpoint)
paws.wait_until(svc.invoke_endpoint, "ready", MaxAttempts="1")
paws.list_waiters(paws.sagemakerruntime)
map_bodies(svc, "demo", [b""])
map_bodies(svc.invoke_endpoint, "demo", [1])
map_bodies(svc.invoke_endpoint, "demo", [b""], max_in_flight="4")
next(map_bodies(svc.invoke_endpoint, "demo", [b""], return_exceptions=True))["Body"]
wait_for_result("s3://bucket/out")
wait_for_result(job, 60)
LocalEndpoint(lambda body: body)
ParameterError("function", "violation", "version")

# Requests built by hand.
svc.send(b"demo")
svc.send(INVOKE_ENDPOINT.request({}))["body"]
INVOKE_ENDPOINT.request()
operation(str.upper)
