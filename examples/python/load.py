"""Loads two contacts and prints the outcome of each: python load.py LABEL

The label names the load: the same label again, also at the same time, is the same load and gives the same answer.
Temporal's address comes from TEMPORAL_ADDRESS or the profile of the `temporal` command.
"""

import asyncio
import os
import sys

from temporalio.client import Client, WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

CONTACTS = [
    {"first_name": "Ana", "last_name": "Silva", "email": "ana.silva@example.com"},
    {"first_name": "Bo", "last_name": "", "email": "bo@example.com"},
]


async def load(client: Client, label: str) -> dict:
    workflow_id = f"sync/contacts/{label}"
    try:
        handle = await client.start_workflow(
            "syncRecords",
            {"sync": "contacts", "spec": {"source": {"inline": CONTACTS}}},
            id=workflow_id,
            task_queue="salesforce-link",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
        )
    except WorkflowAlreadyStartedError:  # it has completed before
        handle = client.get_workflow_handle(workflow_id)
    return await handle.result()


async def main() -> int:
    client = await Client.connect(**ClientConfig.load_client_connect_config())
    try:
        report = await load(client, sys.argv[1])
    except WorkflowFailureError as failure:
        cause = failure.cause
        kind = cause.type if isinstance(cause, ApplicationError) else type(cause).__name__
        print(f"{kind}: {getattr(cause, 'message', cause)}", file=sys.stderr)
        return 1
    print(report["outcome"])
    for result in report["results"]:
        print(*result["identity"], result["outcome"], result["errorMessage"] or result["id"])
    return 0


if len(sys.argv) != 2:
    sys.exit("Give the load a label: python load.py 2026-11-25")
code = asyncio.run(main())
# Temporal's threads can crash an interpreter that ends right after a call (temporalio/sdk-python issue 300): exit at once.
sys.stdout.flush()
os._exit(code)
