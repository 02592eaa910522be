#!/bin/sh
# Package: @jmespath-community/jmespath 1.3.0.
# Guess: a name that an object does not have is null, whatever the name, as the specification says of identifiers.
# Seen: names that JavaScript objects inherit are found: `backup.constructor` is a function, which is no JSON value. A filter
#   by such a name is true of every element; keys() of the same object is empty.
# Input: {"backup":{}} and the expressions below.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @jmespath-community/jmespath@1.3.0
cat > look.mjs <<'JS'
import { search } from "@jmespath-community/jmespath"
const document = { backup: {}, children: [{}, {}] }
console.log("backup.nothing", search(document, "backup.nothing"))
console.log("backup.constructor", typeof search(document, "backup.constructor"))
console.log("children[?constructor]", search(document, "children[?constructor]").length)
console.log("keys(backup)", JSON.stringify(search(document, "keys(backup)")))
JS
node look.mjs | tee seen
printf 'backup.nothing null\nbackup.constructor function\nchildren[?constructor] 2\nkeys(backup) []\n' > expected
cmp -s seen expected || { echo "changed"; exit 1; }
