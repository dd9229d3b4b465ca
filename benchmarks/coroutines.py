"""Concurrent calls in coroutines, to a server that takes 20 ms for a response."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from importlib.metadata import PackageNotFoundError, version

from measuring import Block, Plan, paired, spread
from payloads import SMALL
from tables import Report, number, ratio, table

LATENCY_SECONDS = 0.02
_CONCURRENT = (1, 16, 128)
_POOLS = (10, 128)  # connections: the default of all three, and one for each coroutine

Call = Callable[[], Awaitable[object]]


def coroutines(plan: Plan) -> Report:
    """Calls per second of 1, 16 and 128 coroutines; a response takes 20 ms."""
    return asyncio.run(_measure(plan))


async def _measure(plan: Plan) -> Report:
    rows = []
    for connections in _POOLS:
        async with AsyncExitStack() as stack:
            calls = await _calls(connections, stack)
            for count in _CONCURRENT:
                blocks = await _blocks(calls, count, plan)
                times = {
                    name: [each.seconds[0] for each in blocks[name]] for name in calls
                }
                medians = {name: spread(times[name]).median for name in calls}
                faster = min(medians.keys() - {"paws"}, key=lambda name: medians[name])
                cells = (
                    *(number(1 / medians[name]) for name in calls),
                    *(_cpu_milliseconds(blocks[name]) for name in calls),
                    ratio(paired(times["paws"], times[faster])),
                )
                rows.append((str(connections), str(count), *cells))
    head = (
        *("connections", "coroutines"),
        *(f"{name}, calls/s" for name in calls),
        *(f"{name}, CPU, ms" for name in calls),
        "time, ratio to the faster of the others (quartiles)",
    )
    return Report(f"{table(head, rows, texts=0)}\n\nWith {_versions()}.")


def _cpu_milliseconds(blocks: list[Block]) -> str:
    return number(spread([block.cpu for block in blocks]).median * 1e3)


async def _blocks(
    calls: dict[str, Call], count: int, plan: Plan
) -> dict[str, list[Block]]:
    """Return the blocks of each peer, one for each round; a first round is not counted."""
    blocks: dict[str, list[Block]] = {name: [] for name in calls}
    for _ in range(plan.rounds + 1):
        for name in random.sample(list(calls), len(calls)):
            blocks[name].append(await _block(calls[name], count, plan.calls))
    return {name: blocks[name][1:] for name in blocks}


async def _block(call: Call, count: int, calls: int) -> Block:
    """Return the mean time of a call, if some coroutines make that many calls each."""
    remaining = iter(range(calls * count))

    async def work() -> None:
        for _ in remaining:
            await call()

    start, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(work() for _ in range(count)))
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    return Block([seconds / (calls * count)], cpu / (calls * count))


async def _calls(connections: int, stack: AsyncExitStack) -> dict[str, Call]:
    """Return a call of each peer."""
    from concurrent.futures import ThreadPoolExecutor

    import boto3
    from botocore.config import Config

    import paws

    service = paws.sagemakerruntime({"max_pool_connections": connections})
    await stack.enter_async_context(service.aio)
    options = Config(max_pool_connections=connections)
    client = boto3.client("sagemaker-runtime", config=options)
    threads = stack.enter_context(ThreadPoolExecutor(connections))

    async def call_paws() -> object:
        return (await service.aio.invoke_endpoint(**SMALL))["Body"]

    def call_boto3() -> object:
        return client.invoke_endpoint(**SMALL)["Body"].read()

    async def call_in_thread() -> object:
        # As `asyncio.to_thread`, with as many threads as connections.
        return await asyncio.get_running_loop().run_in_executor(threads, call_boto3)

    calls: dict[str, Call] = {"paws": call_paws, "boto3 in threads": call_in_thread}
    try:
        from aiobotocore.config import AioConfig
        from aiobotocore.session import get_session
    except ImportError:
        return calls
    created = get_session().create_client(
        "sagemaker-runtime", config=AioConfig(max_pool_connections=connections)
    )
    asynchronous = await stack.enter_async_context(created)

    async def call_aiobotocore() -> object:
        response = await asynchronous.invoke_endpoint(**SMALL)
        return await response["Body"].read()

    return {**calls, "aiobotocore": call_aiobotocore}


def _versions() -> str:
    names = ("boto3", "botocore", "aiobotocore")
    return ", ".join(f"{name} {_version(name)}" for name in names)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
