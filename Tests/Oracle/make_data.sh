#!/usr/bin/env bash
# Tests/Oracle/make_data.sh [1k|100k|1m|10m]…
# Makes the benchmark's input with the generator in $MILLRACE_BENCH (default ../shared/bench), once:
#   .deps/data/w1_SIZE         that many events in files of JSON lines, with duplicates, malformed and late ones
#   .deps/data/w1_SIZE_flush   the same files and one with an event a day ahead, which closes every window
# Prints nothing where all is there.
set -euo pipefail
cd "$(dirname "$0")/../.."
bench=${MILLRACE_BENCH:-../shared/bench}
[ -f "$bench/gen.py" ] || {
    echo "make_data.sh: no generator at $bench/gen.py" >&2
    echo "  Set MILLRACE_BENCH to the folder that holds gen.py." >&2
    exit 1
}
[ $# -gt 0 ] || set -- 1m

# Both directories share their files (hard links): ten million events are 3 GB.
make_size() {
    local size=$1 events=$2 per_file=$3 target=.deps/data/w1_$1
    [ ! -d "$target" ] || [ ! -d "${target}_flush" ] || return 0
    local work=.deps/data/.making_$size
    rm -rf "$work" "$target" "${target}_flush"
    mkdir -p "$work"
    echo "making $target: $events events" >&2
    .deps/venv/bin/python "$bench/gen.py" --events "$events" --per-file "$per_file" --out "$work/flush" --flush >&2
    cp -al "$work/flush" "$work/plain"
    local last
    last=$(printf '%s\n' "$work"/plain/*.ndjson | tail -n 1)
    rm "$last"
    mv "$work/flush" "${target}_flush"
    mv "$work/plain" "$target"
    rmdir "$work"
}

for size in "$@"; do
    case "$size" in
    1k) make_size 1k 1000 100 ;;
    100k) make_size 100k 100000 10000 ;;
    1m) make_size 1m 1000000 100000 ;;
    10m) make_size 10m 10000000 100000 ;;
    *) echo "make_data.sh: unknown size '$size' (known: 1k 100k 1m 10m)" >&2; exit 2 ;;
    esac
done
