#!/bin/sh
# Creates TEMPORAL_NAMESPACE at TEMPORAL_ADDRESS unless it exists. Waits until the server is healthy: it listens before it serves.
set -eu

attempt=1
until temporal operator cluster health >/dev/null 2>&1; do
  if [ "$attempt" -ge 30 ]; then
    echo "The Temporal server at $TEMPORAL_ADDRESS is not healthy after $attempt attempts" >&2
    exit 1
  fi
  attempt=$((attempt + 1))
  sleep 2
done

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$NAMESPACE_RETENTION"
