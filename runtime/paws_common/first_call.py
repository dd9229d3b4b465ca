"""The modules that the first call of a process imports, with botocore.

Importing them takes about 0.2 seconds. If a signal handler interrupts that and makes a call,
this module does not have its functions yet, and importing them from it fails.
"""

from __future__ import annotations

from paws_common.client import sender, service_client
from paws_common.responses import builder

sender.is_pipeline_supported()  # imports the modules that send
connect = service_client.connect
build_result = builder.build_result
