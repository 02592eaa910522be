#!/bin/sh
# Package: @jmespath-community/jmespath 1.3.0.
# Guess: sort() orders numbers by value, as max(), min() and sort_by() of the same package do.
# Seen: sort() orders them as texts: 10 comes before 9. So the last of a sorted list is not its largest; a size or an age
#   that gains a digit changes its place. No error is raised.
# Input: sizes in GB.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @jmespath-community/jmespath@1.3.0
cat > look.mjs <<'JS'
import { search } from "@jmespath-community/jmespath"
const document = { children: [{ size: 10 }, { size: 9 }, { size: 40 }] }
for (const query of ["sort(children[].size)", "sort_by(children, &size)[].size", "max(children[].size)"]) {
  console.log(query, JSON.stringify(search(document, query)))
}
JS
node look.mjs | tee seen
cat > expected <<'TXT'
sort(children[].size) [10,40,9]
sort_by(children, &size)[].size [9,10,40]
max(children[].size) 40
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
