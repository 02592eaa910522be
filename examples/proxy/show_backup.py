"""One backup through cbr-proxy, by Python's own library.

Variables: CBR_PROXY_URL, CBR_PROXY_KEY. Arguments: PROJECT_ID BACKUP_ID.
"""

import json
import os
import sys
import urllib.error
import urllib.request


def show_backup(project_id: str, backup_id: str) -> dict:
    """Returns the backup. Raises urllib.error.HTTPError with a problem of RFC 9457 as its body."""
    request = urllib.request.Request(
        f"{os.environ['CBR_PROXY_URL']}/v3/{project_id}/backups/{backup_id}",
        headers={"Authorization": f"Bearer {os.environ['CBR_PROXY_KEY']}"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)["backup"]


if __name__ == "__main__":
    try:
        backup = show_backup(sys.argv[1], sys.argv[2])
        print(backup["name"], "is", backup["status"])
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        print(f"{problem['title']}: {problem['detail']}", file=sys.stderr)
        # Whether the same call may succeed later; the header says when.
        print("retryable:", problem["retryable"], "after:", error.headers.get("Retry-After"), file=sys.stderr)
        sys.exit(1)
