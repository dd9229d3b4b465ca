"""Invoke an endpoint in all three ways, without an AWS account.

The endpoint is a local one: real HTTP, with the function `predict` as the model.
"""

from collections.abc import Iterator

import paws
from paws_common import ParameterError, wait_for_result
from paws_common.local import LocalEndpoint, Request


def predict(body: bytes, request: Request) -> bytes | Iterator[bytes]:
    """Add up numbers; yield the sum after each of them to a stream."""
    numbers = [float(number) for number in body.split(b",")]
    if request.operation == "InvokeEndpointWithResponseStream":
        return (b"%g " % sum(numbers[: end + 1]) for end in range(len(numbers)))
    return b"%g" % sum(numbers)


with LocalEndpoint(predict) as local:
    svc = paws.sagemakerruntime(**local.config())

    print("invoke_endpoint")
    result = svc.invoke_endpoint("adder", b"1,2,3", ContentType="text/csv")
    print("  Body:", result["Body"], "from", result["InvokedProductionVariant"])

    print("invoke_endpoint_async")
    job = svc.invoke_endpoint_async("adder", Body=b"4,5,6")
    print("  OutputLocation:", job["OutputLocation"])
    print("  result:", wait_for_result(job, service=svc))

    print("invoke_endpoint_with_response_stream")
    stream = svc.invoke_endpoint_with_response_stream("adder", b"7,8,9")
    for event in stream["Body"]:
        print("  event:", event)

    print("a call that cannot be sent")
    try:
        svc.invoke_endpoint_async("my_adder", RequestTTLSeconds=30)
    except ParameterError as error:
        print("  " + str(error).replace("\n", "\n  "))

    print(f"{len(local.requests)} requests arrived at {local.url}")
