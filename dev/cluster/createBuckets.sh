#!/bin/sh
# Creates the bucket `sflink` in S3_FOLDER with the demo's source, and makes S3_OWNER the owner of all files. Does nothing when the
# bucket exists: it may have millions of files.
set -eu

bucket="$S3_FOLDER/buckets/sflink"
metadata="$S3_FOLDER/metadata"
[ -d "$metadata" ] && exit 0

mkdir -p "$bucket/data" "$metadata.new"
cp "$(dirname "$0")/contacts.csv" "$bucket/data/contacts.csv"
chown -R "$S3_OWNER" "$S3_FOLDER"
# The last step: this folder shows that the others are done.
mv "$metadata.new" "$metadata"
