"""Score each line of a CSV file, with retries, a progress bar, and errors in the output.

python -m pip install tqdm
python examples/many_records.py

The endpoint is a local one: real HTTP, with the function `predict` as the model. It
throttles the first call, which is retried, and fails for one line.
"""

import csv
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

import paws
from paws.services.sagemakerruntime import SageMakerRuntime
from paws_common import PawsError, ServiceError, map_bodies
from paws_common.local import LocalEndpoint, Request

calls = itertools.count()


def predict(body: bytes, request: Request) -> bytes:
    """Return the sum of the numbers of a line."""
    if next(calls) == 0:
        raise ServiceError("predict", "ThrottlingException", "slow down")
    return b"%g" % sum(float(number) for number in body.split(b","))


def lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        yield from map(str.strip, file)


def score(svc: SageMakerRuntime, source: Path, target: Path) -> int:
    """Write the prediction or the error of each line, and return the number of errors."""
    results = map_bodies(
        svc.invoke_endpoint,
        "adder",
        lines(source),
        ContentType="text/csv",
        return_exceptions=True,
    )
    errors = 0
    count = sum(1 for _ in lines(source))
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "prediction", "error"])
        for line, result in tqdm(zip(lines(source), results, strict=True), total=count):
            if isinstance(result, PawsError):
                writer.writerow([line, "", type(result).__name__])
                errors += 1
            else:
                writer.writerow([line, result["Body"].decode(), ""])
    return errors


if __name__ == "__main__":
    with LocalEndpoint(predict) as local, tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.csv"), Path(folder, "out.csv")
        numbers = [f"{number},{number + 1}" for number in range(500)]
        source.write_text("\n".join([*numbers, "one,two"]), encoding="utf-8")
        svc = paws.sagemakerruntime({**local.config(), "max_retries": 8})
        print(score(svc, source, target), "error:")
        print(*target.read_text(encoding="utf-8").splitlines()[-3:], sep="\n")
