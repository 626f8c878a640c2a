#!/bin/sh
# Creates TEMPORAL_NAMESPACE at TEMPORAL_ADDRESS unless it is there. The server listens a while before it serves, so it is asked first.
set -eu

attempt=1
until temporal operator cluster health >/dev/null 2>&1; do
  if [ "$attempt" -ge 30 ]; then
    echo "The Temporal server at $TEMPORAL_ADDRESS does not serve after $attempt attempts" >&2
    exit 1
  fi
  attempt=$((attempt + 1))
  sleep 2
done

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$NAMESPACE_RETENTION"
