"""Service models of a user, which botocore finds by AWS_DATA_PATH."""

from pathlib import Path

from support.service_models import API_VERSION, greeting_model, write_model


def write_private_service(
    folder: Path, service: str = "greeter", name: str = "Greeter", **metadata: str
) -> Path:
    """Write the model of a service that greets, and return the data folder.

    R's name is made of the full name, `name`.
    """
    names = {"serviceFullName": name, "serviceId": name, "endpointPrefix": "greeter"}
    version = metadata.get("apiVersion", API_VERSION)
    write_model(folder, greeting_model(**names, **metadata), service, version)
    return folder
