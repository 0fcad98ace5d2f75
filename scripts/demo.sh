#!/usr/bin/env bash
# Shows what profinst does: builds it, builds Lua 5.4 with it, runs a Lua script for a second or
# two, and prints where the time went. A call graph and a database are left in build/demo.
#
# Lua's source is Debian's. Without a network, examples/lisp.c is profiled instead.
#
# PROFINST_MIRROR=URL   fetch from this Debian mirror; http://localhost:9 tries the way without
set -euo pipefail

cd "$(dirname "$0")/.."
root=$PWD
build=$root/build
demo=$build/demo

say()
{
    printf '\n== %s\n' "$*"
}

say "Building profinst"
scripts/setup.sh --minimal
[ -f "$build/CMakeCache.txt" ] || cmake -B "$build" -G Ninja > /dev/null
cmake --build "$build"

mkdir -p "$demo"
rm -f "$demo"/*
export CC="clang -fplugin=$build/lib/libprofinst.so" CFLAGS='-O2 -g'

# fetch-source.sh tells in one sentence why it failed.
if scripts/fetch-source.sh lua5.4 > /dev/null; then
    say "Building Lua 5.4 with $CC $CFLAGS"
    tests/real/build.sh lua "$demo/lua"
    run=(./lua "$root/examples/demo.lua")
else
    say "Without Lua's source: building examples/lisp.c with $CC $CFLAGS"
    # shellcheck disable=SC2086 # words on purpose
    $CC $CFLAGS examples/lisp.c -o "$demo/lisp"
    run=(./lisp)
fi

say "Running ${run[*]}"
cd "$demo"
time PROFINST_OUTPUT=demo.profinst "${run[@]}"

say "Bottlenecks"
profinst=$build/bin/profinst
"$profinst" report --limit=20 demo.profinst
"$profinst" graph demo.profinst -o calls.png
"$profinst" graph demo.profinst -o calls.svg
"$profinst" html demo.profinst -o report.html
"$profinst" load --db demo.db demo.profinst

say "In $demo"
cat << END
  demo.profinst         the profile
  report.html           the report as a page, for a browser
  calls.png, calls.svg  the call graph
  demo.db               the database, for sqlite3 or profinst
END
