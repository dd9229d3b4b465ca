"""paws_common: what every generated function calls, a thin runtime over botocore.

Nothing is loaded before it is used; botocore not before the first call.
"""

from paws_common.lazy import lazy_names

TYPE_CHECKING = False  # typing itself costs more than all the rest of this module
if TYPE_CHECKING:
    from paws_common import shapes as shapes
    from paws_common.aliases import Blob as Blob
    from paws_common.aliases import Config as Config
    from paws_common.aliases import Credentials as Credentials
    from paws_common.aliases import Creds as Creds
    from paws_common.aliases import EmptyResult as EmptyResult
    from paws_common.aliases import NotRequired as NotRequired
    from paws_common.aliases import ResponseMetadata as ResponseMetadata
    from paws_common.aliases import Timestamp as Timestamp
    from paws_common.api import Api as Api
    from paws_common.api import Operation as Operation
    from paws_common.api import Request as Request
    from paws_common.configuration import config as config
    from paws_common.configuration import credentials as credentials
    from paws_common.configuration import creds as creds
    from paws_common.errors import AsyncInferenceError as AsyncInferenceError
    from paws_common.errors import ConfigError as ConfigError
    from paws_common.errors import EndpointConnectionError as EndpointConnectionError
    from paws_common.errors import Fault as Fault
    from paws_common.errors import PaginationError as PaginationError
    from paws_common.errors import ParameterError as ParameterError
    from paws_common.errors import PawsError as PawsError
    from paws_common.errors import ResponseTimeoutError as ResponseTimeoutError
    from paws_common.errors import ResultTimeoutError as ResultTimeoutError
    from paws_common.errors import ServiceError as ServiceError
    from paws_common.errors import StreamError as StreamError
    from paws_common.local import LocalEndpoint as LocalEndpoint
    from paws_common.pagination import Pages as Pages
    from paws_common.pagination import list_paginators as list_paginators
    from paws_common.pagination import paginate as paginate
    from paws_common.results.streams import EventStream as EventStream
    from paws_common.sagemaker.asynchronous import invoke_and_wait as invoke_and_wait
    from paws_common.sagemaker.asynchronous import wait_for_result as wait_for_result
    from paws_common.sagemaker.stateful_sessions import Session as Session
    from paws_common.sagemaker.stateful_sessions import session as session
    from paws_common.schemas.arguments import schema as schema
    from paws_common.service import Service as Service
    from paws_common.service import method as method
    from paws_common.service import operation as operation
    from paws_common.service import paws_reset_cache as paws_reset_cache

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "Api": "api",
        "AsyncInferenceError": "errors",
        "Blob": "aliases",
        "Config": "aliases",
        "ConfigError": "errors",
        "Credentials": "aliases",
        "Creds": "aliases",
        "EmptyResult": "aliases",
        "EndpointConnectionError": "errors",
        "EventStream": "results.streams",
        "Fault": "errors",
        "LocalEndpoint": "local",
        "NotRequired": "aliases",
        "Operation": "api",
        "Pages": "pagination",
        "PaginationError": "errors",
        "ParameterError": "errors",
        "PawsError": "errors",
        "Request": "api",
        "ResponseMetadata": "aliases",
        "ResponseTimeoutError": "errors",
        "ResultTimeoutError": "errors",
        "Service": "service",
        "ServiceError": "errors",
        "Session": "sagemaker.stateful_sessions",
        "StreamError": "errors",
        "Timestamp": "aliases",
        "config": "configuration",
        "credentials": "configuration",
        "creds": "configuration",
        "invoke_and_wait": "sagemaker.asynchronous",
        "list_paginators": "pagination",
        "method": "service",
        "operation": "service",
        "paginate": "pagination",
        "paws_reset_cache": "service",
        "schema": "schemas.arguments",
        "session": "sagemaker.stateful_sessions",
        "wait_for_result": "sagemaker.asynchronous",
    },
)
