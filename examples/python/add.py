"""Adds one contact for an event, and prints its outcome: python add.py EVENT FIRST_NAME LAST_NAME EMAIL

The event's id names the call: the same id again gets the first answer and loads nothing. Calls that arrive together are loaded
together, by a workflow that the first of them starts.
"""

import asyncio
import os
import sys

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import ApplicationError


async def add(client: Client, event: str, records: list[dict]) -> dict:
    while True:
        start = WithStartWorkflowOperation(
            "receiveRecords",
            {"sync": "contacts"},
            id="receive/contacts",
            task_queue="salesforce-link",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        try:
            return await client.execute_update_with_start_workflow(
                "addRecords", {"id": event, "records": records}, start_workflow_operation=start
            )
        except WorkflowUpdateFailedError as failure:
            if getattr(failure.cause, "type", None) != "ReceiverBusyError":
                raise
            await asyncio.sleep(1)  # the receiver is restarting; the id makes it the same call


async def main(event: str, first_name: str, last_name: str, email: str) -> int:
    client = await Client.connect(**ClientConfig.load_client_connect_config())
    try:
        answer = await add(client, event, [{"first_name": first_name, "last_name": last_name, "email": email}])
    except WorkflowUpdateFailedError as failure:
        cause = failure.cause
        kind = cause.type if isinstance(cause, ApplicationError) else type(cause).__name__
        print(f"{kind}: {getattr(cause, 'message', cause)}", file=sys.stderr)
        return 1
    for result in answer["results"]:
        print(*result["identity"], result["outcome"], result["errorMessage"] or result["id"])
    return 0


if len(sys.argv) != 5:
    sys.exit("Give an event, two names and an e-mail: python add.py event-1 Ana Silva ana.silva@example.com")
code = asyncio.run(main(*sys.argv[1:]))
# Temporal's threads can crash an interpreter that ends right after a call (temporalio/sdk-python issue 300): exit at once.
sys.stdout.flush()
os._exit(code)
