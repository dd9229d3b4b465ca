"""A web service in front of SageMaker endpoints: predictions, and tokens as they arrive.

python -m uvicorn --app-dir examples fastapi_app:app
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

import paws

svc = paws.sagemakerruntime({"max_pool_connections": 50})


@asynccontextmanager
async def close_connections(_: FastAPI) -> AsyncIterator[None]:
    async with svc.aio:
        yield


app = FastAPI(lifespan=close_connections)


@app.post("/predict")
async def predict(request: Request) -> Response:
    result = await svc.aio.invoke_endpoint(
        "my-endpoint",
        await request.body(),
        ContentType=request.headers.get("Content-Type"),
    )
    return Response(result["Body"], media_type=result["ContentType"])


@app.post("/tell")
async def tell(request: Request) -> Response:
    result = await svc.aio.invoke_endpoint_with_response_stream(
        "my-language-model", await request.body()
    )

    async def tokens() -> AsyncIterator[str]:
        async with result["Body"] as body:
            async for value in body.aiter_json():
                yield value["token"]

    return StreamingResponse(tokens(), media_type="text/plain")
