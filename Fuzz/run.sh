#!/bin/bash
# Builds the fuzzer of the head and chunk readers and runs it; arguments go to libFuzzer. A file alone is run once.
set -euo pipefail
cd "$(dirname "$0")/.."
work=.build-fuzz
mkdir -p $work/seeds $work/corpus $work/findings

# One module of all of it, so that what is of the package is in reach. RequestHead, which needs HTTP types, reads nothing.
swiftc -O -swift-version 6 \
  -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault \
  -package-name millrace -module-name FuzzHeads -parse-as-library -sanitize=fuzzer,address -suppress-warnings \
  $(ls Sources/MillraceHTTP/Heads/*.swift Sources/MillraceHTTP/Bodies/*.swift | grep -v RequestHead.swift) \
  Fuzz/FuzzHeads.swift -o $work/fuzz-heads

# Each request of the differential corpus for each reader, and what follows its head for the reader of chunks.
number=0
while IFS= read -r line; do
  [[ -z $line || $line == \#* ]] && continue
  number=$((number + 1))
  for choice in 0 1 2 3; do
    body=$line
    [[ $choice == 2 ]] && body="HTTP/1.1 200 OK\\r\\n${line#*\\r\\n}"
    [[ $choice == 3 ]] && body=${line#*\\r\\n\\r\\n}
    printf "\\x0$choice%b" "$body" > $work/seeds/$number-$choice
  done
done < Tests/MillraceHTTPTests/Corpus/Requests.txt

# A trap is libFuzzer's to report: Swift's own handler reads memory that the sanitizer guards.
export SWIFT_BACKTRACE=enable=no
if [[ $# == 1 && -f $1 ]]; then exec $work/fuzz-heads "$1"; fi
exec $work/fuzz-heads -artifact_prefix=$work/findings/ -max_len=4096 -use_value_profile=1 "$@" $work/corpus $work/seeds
