#!/bin/sh
# Makes the bucket `sflink` below S3_FOLDER, with the demo's source in it, and gives all of it to S3_OWNER. Leaves alone what is there.
set -eu

bucket="$S3_FOLDER/buckets/sflink"
mkdir -p "$S3_FOLDER/metadata" "$bucket/data"
[ -e "$bucket/data/contacts.csv" ] || cp "$(dirname "$0")/contacts.csv" "$bucket/data/contacts.csv"
chown -R "$S3_OWNER" "$S3_FOLDER"
