#!/bin/sh
# Makes the bucket `sflink` below S3_FOLDER, with the demo's source in it, and gives all of it to S3_OWNER. Once: a folder that has been
# made ready is left alone, for it may hold millions of files.
set -eu

bucket="$S3_FOLDER/buckets/sflink"
metadata="$S3_FOLDER/metadata"
[ -d "$metadata" ] && exit 0

mkdir -p "$bucket/data" "$metadata.new"
cp "$(dirname "$0")/contacts.csv" "$bucket/data/contacts.csv"
chown -R "$S3_OWNER" "$S3_FOLDER"
# Last, as the sign that the rest is done.
mv "$metadata.new" "$metadata"
