#!/usr/bin/env bash
# The broker as kcat (librdkafka's command line) sees it: broker_kcat.sh HOST:PORT
set -euo pipefail
broker=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
seq 1 2000 >"$folder/numbers"
for codec in none gzip snappy lz4 zstd; do
    kcat -q -P -b "$broker" -t "kcat-$codec" -z "$codec" -X acks=all "$folder/numbers" -l
    kcat -q -C -b "$broker" -t "kcat-$codec" -o beginning -e >"$folder/back"
    cmp "$folder/numbers" "$folder/back"
done
printf 'a:1\nb:2\na:\n' | kcat -q -P -b "$broker" -t keyed -K : -Z -H x=y
kcat -q -C -b "$broker" -t keyed -e -f '%k=%s %h\n' >"$folder/back"
printf 'a=1 x=y\nb=2 x=y\na= x=y\n' | cmp - "$folder/back"
kcat -q -C -b "$broker" -t kcat-none -o -5 -e >"$folder/back"
tail -n 5 "$folder/numbers" | cmp - "$folder/back"
[ "$(kcat -Q -b "$broker" -t kcat-none:0:-1)" = "kcat-none [0] offset 2000" ]
timeout 60 kcat -q -b "$broker" -G readers -X auto.offset.reset=earliest -c 2000 kcat-gzip \
    >"$folder/back" 2>/dev/null
cmp "$folder/numbers" "$folder/back"
kcat -L -b "$broker" -J | grep -q '"topic":"keyed"'
echo "kcat: done"
