#!/usr/bin/env bash
# Fuzzes the analyzer: fuzz.sh [SECONDS [TARGET...]]
#
# Builds the targets of tests/fuzz (all of them, if none is named), runs each over its corpus, and
# then fuzzes for SECONDS (120) altogether, as many targets at a time as there are processors. Prints
# what each did. The inputs that it discovers stay in build/fuzz/found/TARGET, where the next run
# takes them up; one that breaks a target stays in build/fuzz/broken, and
# `build/fuzz/bin/fuzz_TARGET FILE` runs it again.
#
# PROFINST_FUZZ_SEED   where its random numbers start (0: anywhere)
#
# Exit codes: 0 nothing was found, 1 something was, 2 wrong use.
set -euo pipefail

cd "$(dirname "$0")/.."
seconds=${1:-120}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(reader names text database choices config baseline)
build=build/fuzz
corpus=tests/fuzz/corpus
jobs=$(nproc)
declare -A longest=([reader]=8192 [names]=4096 [text]=2048 [database]=65536 [choices]=2048 [config]=4096 [baseline]=16384)

for target in "${targets[@]}"; do
    if ! [[ $seconds =~ ^[0-9]+$ && -v longest[$target] ]]; then
        echo "usage: fuzz.sh [SECONDS [reader|names|text|database|choices|config|baseline]...]" >&2
        exit 2
    fi
done

cmake --preset fuzz > /dev/null
cmake --build "$build" --parallel "$jobs"
ctest --test-dir "$build" --output-on-failure

# Each target gets its share of what all processors have together.
share=$((seconds * jobs / ${#targets[@]}))
[ "$share" -le "$seconds" ] || share=$seconds

fuzz()
{
    mkdir -p "$build/found/$1" "$build/broken"
    "$build/bin/fuzz_$1" -seed="${PROFINST_FUZZ_SEED:-0}" -max_total_time="$share" -max_len="${longest[$1]}" -timeout=10 \
        -detect_leaks=0 -rss_limit_mb=1024 -print_final_stats=1 -dict=tests/fuzz/names.dict \
        -artifact_prefix="$build/broken/$1-" "$build/found/$1" "$corpus/$1" > "$build/$1.log" 2>&1
}

if [ "$share" -gt 0 ]; then
    for target in "${targets[@]}"; do
        while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
            wait -n || true
        done
        fuzz "$target" &
    done
    wait
fi

[ "$share" -gt 0 ] || exit 0
result=0
printf '%-10s %12s %10s %10s  %s\n' target executions per-second coverage finding
for target in "${targets[@]}"; do
    log=$build/$target.log
    finding=$(sed -n 's/.*Test unit written to //p' "$log")
    [ -z "$finding" ] || result=1
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    [ -n "$executions" ] || result=1
    printf '%-10s %12s %10s %10s  %s\n' "$target" "${executions:-?}" \
        "$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")" \
        "$(sed -n 's/.* cov: \([0-9]*\).*/\1/p' "$log" | tail -n 1)" "${finding:-none}"
    [ -z "$finding" ] || grep -E 'broken: |ERROR: |runtime error: ' "$log" || true
done
exit $result
