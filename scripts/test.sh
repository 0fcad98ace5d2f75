#!/usr/bin/env bash
# Sets up, builds with warnings as errors, runs all tests, and fuzzes for two minutes.
#
# PROFINST_BUILD   the build folder (build)
# PROFINST_CLANGS  "all": each test of the plugin compiles with every clang, for some ten minutes more; else the
#                  tests of builds and of clang itself do, and the others take the oldest and the newest
set -euo pipefail

cd "$(dirname "$0")/.."
build=${PROFINST_BUILD:-build}
jobs=$(nproc)

scripts/setup.sh
generator=(-G Ninja)
[ ! -f "$build/CMakeCache.txt" ] || generator=() # as it was chosen
cmake -B "$build" "${generator[@]}" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DPROFINST_WERROR=ON
cmake --build "$build" --parallel "$jobs"
ctest --test-dir "$build" --output-on-failure --parallel "$jobs"

# The analyzer again, under the address and undefined behaviour sanitizers.
cmake --preset sanitize -B "$build/sanitize"
cmake --build "$build/sanitize" --parallel "$jobs"
ctest --test-dir "$build/sanitize" --output-on-failure --parallel "$jobs"

# Fuzz targets of the analyzer, over their corpus and on for two minutes, on much the same way each time.
PROFINST_FUZZ_SEED=1 scripts/fuzz.sh 120
