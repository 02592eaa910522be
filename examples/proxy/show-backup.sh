#!/bin/sh
# One backup through cbr-proxy, by curl. Variables: CBR_PROXY_URL, CBR_PROXY_KEY. Arguments: PROJECT_ID BACKUP_ID.
# Exits 0 with the service's body, and 1 with the problem on standard error.
set -eu

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# The key comes from a file, so that no list of processes shows it.
status=$(printf 'header = "Authorization: Bearer %s"\n' "$CBR_PROXY_KEY" |
  curl -sS --config - --max-time 30 -o "$answer" -w '%{http_code}' "$CBR_PROXY_URL/v3/$1/backups/$2")

if [ "$status" = 200 ]; then
  cat "$answer"
else
  cat "$answer" >&2
  exit 1
fi
