#!/usr/bin/env bash
# Holds what `profinst suggest-filter` expects against what is measured: suggest.sh [PERCENT]
#
# Builds Lua bare, with everything recorded, and with the filter that is suggested for an overhead of
# PERCENT (20); runs the three in turn, and prints the overhead that was expected and the one that was
# measured, before and after. The goal is that they are within a third of each other. Times are of the
# processor, user and system together, and medians of 15 rounds; the suggestion comes from the fastest
# of 5 recorded runs. Those have real-time priority where that is allowed: waiting for a processor would
# count as the program's own time, and what is expected would be too low.
#
#   PROFINST_BUILD   the build tree (build)
#   CLANG            the compiler (clang)
set -euo pipefail

wanted=${1:-20}
rounds=15
recordings=5
root=$(cd "$(dirname "$0")/.." && pwd)
build=$(realpath "${PROFINST_BUILD:-$root/build}")
clang=${CLANG:-clang}
plugin=$build/lib/libprofinst.so
profinst=$build/bin/profinst
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
first=()
if chrt -f 1 true 2> /dev/null; then
    first=(chrt -f 1)
fi

compile()
{
    CC="$clang $2" CFLAGS='-O2 -g' "$root/tests/real/build.sh" lua "$work/$1"
}

# What a run took in milliseconds, and its processor time.
run()
{
    local TIMEFORMAT='%3R %3U %3S'
    rm -f "$work/profile"
    { time PROFINST_TIMING=exact PROFINST_OUTPUT=$work/profile "${first[@]}" "$work/$1" "$root/examples/demo.lua" > /dev/null; } 2>&1 |
        awk '{ printf "%d %d\n", $1 * 1000, ($2 + $3) * 1000 }'
}

median()
{
    sort -n "$1" | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'
}

compile bare ""
compile full "-fplugin=$plugin"
least=
for ((i = 0; i < recordings; i++)); do
    read -r elapsed _ < <(run full)
    if [ -z "$least" ] || [ "$elapsed" -lt "$least" ]; then
        least=$elapsed
        mv "$work/profile" "$work/best"
    fi
done
"$profinst" suggest-filter --max-overhead="$wanted" -o "$work/filter" "$work/best"
compile filtered "-fplugin=$plugin -fplugin-arg-profinst-filter=$work/filter"

for ((i = 0; i < rounds; i++)); do
    for variant in bare full filtered; do
        read -r _ processor < <(run "$variant")
        echo "$processor" >> "$work/$variant.times"
    done
done

bare=$(median "$work/bare.times")
read -r before after < <(sed -nE 's/^# Expected overhead: ([0-9.]+) % before, ([0-9.]+) % after.*/\1 \2/p' \
    "$work/filter")

printf '%-9s %9s %9s %9s %9s\n' "" time expected measured ratio
printf '%-9s %6d ms\n' bare "$bare"
row()
{
    awk -v name="$1" -v bare="$bare" -v time="$(median "$work/$1.times")" -v expected="$2" 'BEGIN {
        measured = 100 * (time - bare) / bare
        ratio = measured > 0 ? sprintf("%.2f", expected / measured) : "-"
        printf "%-9s %6d ms %7.1f %% %7.1f %% %9s\n", name, time, expected, measured, ratio
    }'
}
row full "$before"
row filtered "$after"
