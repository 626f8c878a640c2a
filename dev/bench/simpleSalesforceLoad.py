"""A load with simple-salesforce alone: sends the files as they are, and downloads the results of the records."""
import csv
import io
import json
import os
import resource
import sys
import time

from simple_salesforce import Salesforce

JOB_OBJECT = "Contact"
POLL_SECONDS = 0.5

instance_url, access_token, version, operation, folder, external_id, key_field, *files = sys.argv[1:]
sf = Salesforce(instance_url=instance_url, session_id=access_token, version=version)
# The library writes https into this address; the emulated org speaks http.
sf.bulk2_url = f"{instance_url}/services/data/v{version}/jobs/"
contacts = getattr(sf.bulk2, JOB_OBJECT)


def with_ids():
    """The files with Ids in place of the keys, from a query over the whole object."""
    ids = {}
    for page in contacts.query(f"SELECT Id, {key_field} FROM {JOB_OBJECT}", wait=POLL_SECONDS):
        for row in csv.DictReader(io.StringIO(page)):
            ids[row[key_field].lower()] = row["Id"]
    for index, path in enumerate(files):
        joined = os.path.join(folder, f"joined-{index}.csv")
        with open(path, newline="", encoding="utf-8") as source, open(joined, "w", newline="", encoding="utf-8") as target:
            rows, writer = csv.reader(source), csv.writer(target, lineterminator="\n")
            header = next(rows)
            at = header.index(key_field)
            writer.writerow([*header[:at], "Id", *header[at + 1:]])
            for row in rows:
                row[at] = ids[row[at].lower()]
                writer.writerow(row)
        yield joined


def send(path):
    if operation == "create":
        return contacts.insert(path, wait=POLL_SECONDS)
    if operation == "update":
        return contacts.update(path, wait=POLL_SECONDS)
    return contacts.upsert(path, external_id_field=external_id, wait=POLL_SECONDS)


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


started, cpu_before = time.perf_counter(), cpu()
results = 0
for path in with_ids() if operation == "update" else files:
    for job in send(path):
        answers = contacts.get_all_ingest_records(job["job_id"])
        results += len(answers["successfulRecords"])
print(json.dumps({
    "results": results,
    "wall": time.perf_counter() - started,
    "cpu": cpu() - cpu_before,
    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
