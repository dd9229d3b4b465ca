from paws_common import shapes as shapes
from paws_common.aio import AsyncService as AsyncService
from paws_common.aio import async_method as async_method
from paws_common.aio import async_operation as async_operation
from paws_common.api import Api as Api
from paws_common.api import ErrorHint as ErrorHint
from paws_common.api import Operation as Operation
from paws_common.api import Request as Request
from paws_common.configuration import config as config
from paws_common.configuration import credentials as credentials
from paws_common.configuration import creds as creds
from paws_common.custom.calls import CustomCall as CustomCall
from paws_common.custom.calls import custom_function as custom_function
from paws_common.custom.calls import custom_method as custom_method
from paws_common.errors import AsyncInferenceError as AsyncInferenceError
from paws_common.errors import ConfigError as ConfigError
from paws_common.errors import EndpointConnectionError as EndpointConnectionError
from paws_common.errors import PaginationError as PaginationError
from paws_common.errors import ParameterError as ParameterError
from paws_common.errors import PawsError as PawsError
from paws_common.errors import ResponseTimeoutError as ResponseTimeoutError
from paws_common.errors import ResultTimeoutError as ResultTimeoutError
from paws_common.errors import ServiceError as ServiceError
from paws_common.errors import StreamError as StreamError
from paws_common.errors import (
    UnsupportedOperationError as UnsupportedOperationError,
)
from paws_common.errors import Violation as Violation
from paws_common.errors import WaiterError as WaiterError
from paws_common.errors import WaiterTimeoutError as WaiterTimeoutError
from paws_common.local import LocalEndpoint as LocalEndpoint
from paws_common.on_demand import Constructor as Constructor
from paws_common.pagination import Pages as Pages
from paws_common.pagination import list_paginators as list_paginators
from paws_common.pagination import paginate as paginate
from paws_common.responses.decoding import ServerSentEvent as ServerSentEvent
from paws_common.responses.streams import EventStream as EventStream
from paws_common.sagemaker.asynchronous import invoke_and_wait as invoke_and_wait
from paws_common.sagemaker.asynchronous import wait_for_result as wait_for_result
from paws_common.sagemaker.mapping import map_bodies as map_bodies
from paws_common.sagemaker.stateful_sessions import StatefulSession as StatefulSession
from paws_common.sagemaker.stateful_sessions import stateful_session as stateful_session
from paws_common.schemas.arguments import schema as schema
from paws_common.service import Service as Service
from paws_common.service import operation as operation
from paws_common.service import paws_reset_cache as paws_reset_cache
from paws_common.types import Blob as Blob
from paws_common.types import Config as Config
from paws_common.types import Credentials as Credentials
from paws_common.types import Creds as Creds
from paws_common.types import EmptyResult as EmptyResult
from paws_common.types import ResponseMetadata as ResponseMetadata
from paws_common.types import Timestamp as Timestamp
from paws_common.types import TypedDict as TypedDict
from paws_common.waiters import Waiter as Waiter
from paws_common.waiters import list_waiters as list_waiters
from paws_common.waiters import wait_until as wait_until

# A method of a service has the signature and the help of its function. Type checkers infer
# that from `paws_common.service.method`, too, but jedi (IPython, Jupyter) only from this.
method = staticmethod
