#!/usr/bin/env bash
# Compares profinst with other profilers on real programs: bench.sh [OPTION...]; bench.sh --help tells the
# options. Installs what is missing, fetches the programs' sources, and builds profinst if need be. Takes
# some half an hour, with --quick a few minutes. Leaves bench.json and bench.md in build/bench.
#
#   PROFINST_BUILD   the build tree (build)
#   CLANG            version of clang (19)
set -euo pipefail

cd "$(dirname "$0")/.."
[[ " $* " != *" --help "* ]] || exec python3 bench/compare.py --help
export PROFINST_BUILD=${PROFINST_BUILD:-build}
export CLANG=${CLANG:-19}

scripts/setup.sh --bench
generator=(-G Ninja)
[ ! -f "$PROFINST_BUILD/CMakeCache.txt" ] || generator=() # as it was chosen
cmake -B "$PROFINST_BUILD" "${generator[@]}" -DCMAKE_BUILD_TYPE=RelWithDebInfo >&2
cmake --build "$PROFINST_BUILD" --parallel "$(nproc)" >&2
PROFINST_BUILD=$(realpath "$PROFINST_BUILD")
export PROFINST_SOURCES=${PROFINST_SOURCES:-$PROFINST_BUILD/sources}
for package in lua5.4 sqlite3 libzstd nlohmann-json3; do
    scripts/fetch-source.sh "$package" "$PROFINST_SOURCES" > /dev/null
done
mkdir -p "$PROFINST_BUILD/bench"
"clang-$CLANG" -O2 -c bench/xray_start.c -o "$PROFINST_BUILD/bench/xray_start.o"
exec python3 bench/compare.py "$@"
