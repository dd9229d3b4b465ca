"""Service models of a user, which botocore finds by AWS_DATA_PATH."""

from __future__ import annotations

from pathlib import Path

from support.service_models import greeting_model, write_model


def write_private_service(
    folder: Path, service: str = "greeter", name: str = "Greeter", **metadata: str
) -> Path:
    """Write the model of a service that greets, and return the data folder.

    Parameters
    ----------
    folder : pathlib.Path
        The data folder.
    service : str
        botocore's name of the service.
    name : str
        Its full name, which R's name is made of.
    **metadata
        Other metadata of the model.
    """
    model = greeting_model(
        serviceFullName=name, serviceId=name, endpointPrefix="greeter", **metadata
    )
    version = metadata.get("apiVersion", "2020-01-02")
    write_model(folder, model, service=service, version=version)
    return folder
