#!/usr/bin/env bash
# Measures the analyzer on profiles of any size: analyzer.sh [ROUNDS [CONTEXTS...]]
#
# Makes profiles of about that many contexts (by default 10^3 to 10^7), loads each into a new database, and
# reports and draws it, from the database and straight from the file; ROUNDS (5) times, in turn. Prints a
# table in Markdown: medians with the least and the greatest, contexts loaded a second by the wall and of the
# time that the processor was busy, and the peak of memory.
#
#   PROFINST_BUILD   the build tree (build)
#   PROFINST_TIMING  exact: profiles without samples and histograms of durations
#   PROFINST_JSON    write the figures there as well, as JSON
set -euo pipefail

rounds=${1:-5}
sizes=("${@:2}")
[ ${#sizes[@]} -gt 0 ] || sizes=(1000 10000 100000 1000000 10000000)
here=$(cd "$(dirname "$0")" && pwd)
profinst=$(realpath "${PROFINST_BUILD:-$here/../build}")/bin/profinst
json=${PROFINST_JSON:+$(realpath "$PROFINST_JSON")}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cc -std=c11 -O2 -I"$here/../runtime" "$here/make_profile.c" -o make_profile
for size in "${sizes[@]}"; do
    ./make_profile "$size" "$size.profinst" ${PROFINST_TIMING:+"$PROFINST_TIMING"}
done
sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1
python3 "$here/analyzer.py" "$profinst" "$rounds" "$json" "${sizes[@]}"
