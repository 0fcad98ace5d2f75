#!/usr/bin/env bash
# Measures what counting inlined calls costs: inlined.sh [ROUNDS [PROGRAM...]]
#
# Builds Lua, SQLite's speedtest1, zstd and a program that is all templates (nlohmann's JSON) at -O2:
# bare, with the plugin and inlined=off, and with inlined=count. Runs them in turn, ROUNDS (5) times,
# and prints a table in Markdown: user time in seconds, of the others as a ratio to bare in the same round
# (median, least and greatest); the calls that were recorded; what the optimizer did, from its own
# remarks: calls that it inlined, loops that it vectorized, each place once; and the size of the code.
#
#   PROFINST_BUILD   the build tree (build)
#   CLANG            version of clang (19)
set -euo pipefail

rounds=${1:-5}
programs=("${@:2}")
[ ${#programs[@]} -gt 0 ] || programs=(lua speedtest1 zstd json)
root=$(cd "$(dirname "$0")/.." && pwd)
build=$(realpath "${PROFINST_BUILD:-$root/build}")
version=${CLANG:-19}
plugin=-fplugin=$build/lib/libprofinst.so
variants=(bare off count)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

declare -A flags=(
    [bare]=""
    [off]="$plugin -fplugin-arg-profinst-inlined=off"
    [count]="$plugin -fplugin-arg-profinst-inlined=count"
)
declare -A arguments=(
    [lua]=$root/examples/demo.lua
    [speedtest1]="--size 20 :memory:"
    [zstd]=500
    [json]=30000
)

compile()
{
    CC=clang-$version CXX=clang++-$version PROFINST_SOURCES=$build/sources \
        CFLAGS="-O2 -Rpass=inline|loop-vectorize ${flags[$2]}" \
        "$root/tests/real/build.sh" "$1" "$work/$2" 2> "$work/$2.remarks"
}

# User time in seconds.
run()
{
    local TIMEFORMAT=%U words
    read -ra words <<< "${arguments[$1]}"
    rm -f "$work/$2.profile"
    { time PROFINST_TIMING=exact PROFINST_OUTPUT=$work/$2.profile "$work/$2" "${words[@]}" > /dev/null 2>&1; } 2>&1
}

# Places in the source, whatever the optimizer says of them besides.
inlined()
{
    sed -nE "s/ with \(cost=.*\) at callsite / at /; /remark: '.* inlined into /p" "$1" | sort -u | wc -l
}

vectorized()
{
    sed -nE 's/: remark: vectorized loop.*//p' "$1" | sort -u | wc -l
}

text_size()
{
    size -A "$1" | awk '$1 == ".text" { print $2 }'
}

# All calls, and those of them that were inlined.
calls()
{
    [ -e "$1.profile" ] || { echo "- -"; return; }
    "$build/bin/profinst" report --format=json --limit=0 "$1.profile" | python3 -c '
import json, sys
functions = json.load(sys.stdin)["functions"]
print(*(sum(row[key] for row in functions) for key in ("calls", "inlined_calls")))'
}

# Median, least and greatest of a variant.
summary()
{
    local unit=
    [ "$1" != bare ] || unit=" s"
    if [ "$1" = bare ]; then
        cat "$work/bare.times"
    else
        paste "$work/$1.times" "$work/bare.times" | awk '{ print $1 / $2 }'
    fi | sort -n | awk -v unit="$unit" '{ value[NR] = $1 }
        END { printf "%.2f%s | %.2f to %.2f", value[int((NR + 1) / 2)], unit, value[1], value[NR] }'
}

measure()
{
    local program=$1 variant i all inlined
    for variant in "${variants[@]}"; do
        compile "$program" "$variant"
        : > "$work/$variant.times"
    done
    for ((i = 0; i < rounds; i++)); do
        for variant in "${variants[@]}"; do
            run "$program" "$variant" >> "$work/$variant.times"
        done
    done
    for variant in "${variants[@]}"; do
        read -r all inlined < <(calls "$work/$variant")
        printf '| %s | %s | %s | %s | %s | %d | %d | %d |\n' "$program" "$variant" \
            "$(summary "$variant")" "$all" "$inlined" "$(inlined "$work/$variant.remarks")" \
            "$(vectorized "$work/$variant.remarks")" "$(text_size "$work/$variant")"
    done
}

echo "clang $version, -O2, user time, $rounds rounds"
echo
echo '| program | variant | time | least to greatest | calls | of them inlined | inlined places | vectorized loops | bytes of code |'
echo '|---|---|---:|---:|---:|---:|---:|---:|---:|'
for program in "${programs[@]}"; do
    measure "$program"
done
