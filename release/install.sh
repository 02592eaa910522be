#!/bin/sh
# Installs cbr for this user: fetches the executable from BASE, checks its digest, puts it into FOLDER.
#   sh install.sh BASE [FOLDER]
# BASE is the address of a release's folder, or that folder; FOLDER is ~/.local/bin unless given. Nothing else is changed.
set -eu

fail() { printf 'install: %s\n' "$1" >&2; exit 1; }

[ $# -ge 1 ] || fail "say where the release is: sh install.sh BASE [FOLDER]"
base=${1%/}
folder=${2:-$HOME/.local/bin}

case $(uname -s)-$(uname -m) in
  Linux-x86_64) system=linux-x64 ;;
  Linux-aarch64 | Linux-arm64) system=linux-arm64 ;;
  *) fail "there is no executable for $(uname -s) on $(uname -m); with Node 22.19 or later install the npm tarball of @cbr/cli" ;;
esac

if [ -d "$base" ]; then
  get() { cp "$1" "$2"; }
elif command -v curl >/dev/null; then
  get() { curl -fsSL --retry 3 -o "$2" "$1"; }
elif command -v wget >/dev/null; then
  get() { wget -q -O "$2" "$1"; }
else
  fail "curl or wget is needed"
fi
command -v sha256sum >/dev/null || fail "sha256sum is needed"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

get "$base/SHA256SUMS" "$work/SHA256SUMS" || fail "$base/SHA256SUMS cannot be fetched"
line=$(grep -E "^[0-9a-f]{64}  cbr-[^ ]+-$system\$" "$work/SHA256SUMS") || fail "the release has no executable for $system"
name=${line#*  }
get "$base/$name" "$work/$name" || fail "$base/$name cannot be fetched"
(cd "$work" && printf '%s\n' "$line" | sha256sum -c --status -) || fail "$name is not what SHA256SUMS says: nothing was installed"

mkdir -p "$folder"
chmod 755 "$work/$name"
# Within the folder, so that a cbr that runs is replaced in one step.
cp "$work/$name" "$folder/.cbr.new"
mv "$folder/.cbr.new" "$folder/cbr"
printf 'cbr %s is installed: %s\n' "$("$folder/cbr" --version)" "$folder/cbr"
case :$PATH: in
  *:"$folder":*) ;;
  *) printf 'add %s to PATH to run it as cbr\n' "$folder" ;;
esac
