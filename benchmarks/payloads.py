"""The arguments of InvokeEndpoint."""

from typing import Any

Arguments = dict[str, Any]

SMALL: Arguments = {
    "EndpointName": "my-endpoint",
    "Body": b"1" * 1024,
    "ContentType": "text/csv",
    # paws sends this one if it is omitted.
    "Accept": "application/json",
}
LARGE: Arguments = {**SMALL, "Body": b"1" * 2**20}
THIRTEEN: Arguments = {
    **SMALL,
    "CustomAttributes": "trace=1f2e3d; tenant=42",
    "TargetModel": "models/churn-2024.tar.gz",
    "TargetVariant": "AllTraffic",
    "TargetContainerHostname": "container-1",
    "InferenceId": "b7c9e1d2-5f60-4a3b-8c1d-0e2f4a6b8c0d",
    "EnableExplanations": "`true`",
    "InferenceComponentName": "component-1",
    "SessionId": "f3a1c5e7-9b8d-4c2e-a6f0-1d3b5c7e9f02",
    "PrefixAwareId": "conversation-17",
}
# The same parameters with other values; the body stays.
OTHERS: list[Arguments] = [
    {
        name: value if isinstance(value, bytes) else f"{value}{number}"
        for name, value in THIRTEEN.items()
    }
    for number in range(100)
]
