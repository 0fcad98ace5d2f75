#!/usr/bin/env bash
# Measures the hot path: builds bench/hooks.c with each clang that the plugin has a back end for, and
# runs it, as it is and with every function switched off by PROFINST_FILTER. Pin it to a quiet core for
# the best of figures: taskset -c 1 bench/run.sh
#
#   PROFINST_BUILD   the build tree (build)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "${PROFINST_BUILD:-$here/../build}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1
for back_end in "$build"/lib/libprofinst-clang-*.so; do
    version=${back_end##*-}
    version=${version%.so}
    "clang-$version" -O2 -fplugin="$build/lib/libprofinst.so" "$here/hooks.c" -o hooks
    echo
    "clang-$version" --version | head -n 1
    PROFINST_OUTPUT=profile ./hooks
    rm -f profile
    echo "switched off:"
    PROFINST_OUTPUT=profile PROFINST_FILTER='exclude=*' ./hooks
    rm -f profile
done
