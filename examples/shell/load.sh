#!/bin/sh
# Loads two contacts, adds another for an event, and prints the report and the answer as JSON: load.sh LABEL
# The label names the load: while it runs, the same label again follows it. Temporal's address: TEMPORAL_ADDRESS, or the profile of `temporal`.
set -eu
label=${1:?Give the load a label: load.sh 2026-11-25}

temporal workflow execute --output json \
  --type syncRecords --task-queue salesforce-link --workflow-id "sync/contacts/$label" \
  --id-conflict-policy UseExisting --id-reuse-policy AllowDuplicateFailedOnly \
  --input '{
    "sync": "contacts",
    "spec": { "source": { "inline": [
      { "first_name": "Finn", "last_name": "Olsen", "email": "finn.olsen@example.com" },
      { "first_name": "Gil", "last_name": "", "email": "gil@example.com" }
    ] } }
  }'

temporal workflow execute-update-with-start --output json \
  --type receiveRecords --task-queue salesforce-link --workflow-id receive/contacts --id-conflict-policy UseExisting \
  --input '{ "sync": "contacts" }' \
  --update-name addRecords \
  --update-input "{ \"id\": \"event-of-$label\", \"records\": [{ \"first_name\": \"Hana\", \"last_name\": \"Haddad\", \"email\": \"haddad@example.com\" }] }"
