#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A third party's view: docs/bundle.md, to the letter, with tar, xz, ssh-keygen, sha256sum and npm age-encryption alone.
#
#   by_hand.sh open BUNDLE IDENTITY_FILE ALLOWED_SIGNERS FOLDER
#       opens and verifies a bundle; FOLDER then holds its members and records.jsonl
#   by_hand.sh make RECORDS RECIPIENT_FILE SSH_KEY HEAD BUNDLE
#       seals the lines of RECORDS; HEAD is the manifest as JSON but for records, unpacked and members; SSH_KEY is an
#       Ed25519 key as ssh-keygen writes it
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
namespace=trafficwatch-bundle
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

bytes() { wc -c < "$1" | tr -d ' '; }
sha256() { sha256sum "$1" | cut -d' ' -f1; }
pack() { tar --format=ustar -b1 --owner=:0 --group=:0 --numeric-owner --mode=644 --mtime=@0 -C "$work" -cf "$work/archive.tar" "$@"; }

# The Padme size of a size: its last floor(log2) - bits-of-floor(log2) bits are zero.
padme() {
  local size=$1 log=0 bits=0 at
  for ((at = size; at > 1; at >>= 1)); do log=$((log + 1)); done
  for ((at = log; at > 0; at >>= 1)); do bits=$((bits + 1)); done
  local unit=$((1 << (log - bits)))
  echo $(((size + unit - 1) / unit * unit))
}

open() {
  local bundle=$1 identity=$2 signers=$3 folder=$4
  mkdir -p "$folder"
  node "$here/age_open.mjs" "$bundle" "$identity" > "$work/archive.tar"
  tar -C "$folder" -xf "$work/archive.tar" manifest.json manifest.sig
  local principal
  principal=$(ssh-keygen -Y find-principals -f "$signers" -s "$folder/manifest.sig" -n "$namespace" < "$folder/manifest.json")
  ssh-keygen -Y verify -f "$signers" -I "$principal" -n "$namespace" -s "$folder/manifest.sig" < "$folder/manifest.json"
  tar -C "$folder" -xf "$work/archive.tar"
  node -e 'for (const m of JSON.parse(require("fs").readFileSync(0)).members) console.log(`${m.sha256}  ${m.name}`)' \
    < "$folder/manifest.json" | (cd "$folder" && sha256sum --check --strict)
  xz -dc "$folder/records.jsonl.xz" > "$folder/records.jsonl"
}

# The manifest with the members as they are now, and its signature.
sign() {
  node -e '
    const fs = require("fs"), [head, records, unpacked, ...members] = process.argv.slice(1);
    const manifest = JSON.parse(fs.readFileSync(head));
    manifest.records = Number(records); manifest.unpacked = Number(unpacked); manifest.members = [];
    for (let at = 0; at < members.length; at += 3)
      manifest.members.push({ name: members[at], bytes: Number(members[at + 1]), sha256: members[at + 2] });
    fs.writeFileSync(1, JSON.stringify(manifest));' \
    "$head" "$lines" "$unpacked" \
    records.jsonl.xz "$(bytes "$work/records.jsonl.xz")" "$(sha256 "$work/records.jsonl.xz")" \
    padding "$(bytes "$work/padding")" "$(sha256 "$work/padding")" > "$work/manifest.json"
  rm -f "$work/manifest.json.sig"
  ssh-keygen -q -Y sign -f "$key" -n "$namespace" "$work/manifest.json"
  mv "$work/manifest.json.sig" "$work/manifest.sig"
}

make() {
  local records=$1 recipients=$2 key=$3 head=$4 bundle=$5 lines unpacked size missing
  lines=$(wc -l < "$records" | tr -d ' ') unpacked=$(bytes "$records")
  xz -c --format=xz --check=crc32 "$records" > "$work/records.jsonl.xz"
  : > "$work/padding"
  while true; do # a longer padding may make the manifest longer
    sign
    pack manifest.json manifest.sig records.jsonl.xz padding
    size=$(bytes "$work/archive.tar")
    missing=$(($(padme "$size") - size))
    [ "$missing" -eq 0 ] && break
    head -c "$missing" /dev/zero >> "$work/padding"
  done
  node "$here/age_seal.mjs" "$work/archive.tar" "$recipients" > "$bundle"
}

case "${1:-}" in
  open | make) "$@" ;;
  *) sed -n '3,10p' "$0" >&2; exit 2 ;;
esac
