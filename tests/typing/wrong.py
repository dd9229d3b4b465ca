"""Wrong calls, one a line; `expected/` has what the type checkers say of each of them."""

from io import StringIO

import paws
from paws_common import LocalEndpoint, ParameterError, wait_for_result

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

# What a result is.
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

# The configuration.
paws.config(regoin="eu-west-1")
paws.config(read_timeout="30")
paws.config(validation="of")
paws.creds(access_key_id=1)
paws.sagemakerruntime({"regoin": "eu-west-1"})
paws.sagemakerruntime({"credentials": {"creds": {"access_key": "id"}}})
paws.sagemakerruntime(region=1)

# What goes with a service.
paws.paginate(svc, PageSize=1)
paws.paginate(svc.invoke_endpoint, "demo", b"", PageSize="1")
paws.list_paginators(paws.sagemakerruntime)
wait_for_result("s3://bucket/out")
wait_for_result(job, 60)
LocalEndpoint(lambda body: body)
ParameterError("function", "fault", "version")
