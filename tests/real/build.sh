#!/usr/bin/env bash
# Builds one of the real programs that the tests and benchmarks use: build.sh PROGRAM FILE
#
# PROGRAM is lua, speedtest1, zstd, json or cpp; FILE is the executable to make. The recipe never changes, so
# two variants differ in nothing but the compiler and its flags:
#
#   CC, CXX            compilers (clang, clang++)
#   CFLAGS             flags for every compilation and the link (-O2 -g)
#   PROFINST_SOURCES   folder of the fetched sources (build/sources)
set -euo pipefail

program=${1:?usage: build.sh PROGRAM FILE}
output=$(realpath -m "${2:?usage: build.sh PROGRAM FILE}")
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
sources=$(realpath -m "${PROFINST_SOURCES:-$root/build/sources}")
read -ra flags <<< "${CFLAGS:--O2 -g}"

fetch()
{
    "$root/scripts/fetch-source.sh" "$1" "$sources"
}

build_lua()
{
    local source files
    source=$(fetch lua5.4)/src
    mapfile -t files < <(find "$source" -name '*.c' ! -name luac.c | sort)

    # Debian's build writes this header; its only use is the default path of Lua's C modules.
    echo '#define DEB_HOST_MULTIARCH ""' > "$source/lua5.4-deb-multiarch.h"

    # Counts must not change from run to run: the seed of hashes is by default made from addresses
    # and the time, and the cache of strings is indexed by addresses.
    read -ra compiler <<< "${CC:-clang}"
    "${compiler[@]}" "${flags[@]}" -std=gnu99 -DLUA_USE_LINUX '-Dluai_makeseed(L)=1u' \
        -DSTRCACHE_N=1 -DSTRCACHE_M=2 "${files[@]}" -Wl,-E -o "$output" -lm -ldl
}

# The amalgamation is made once, beside its place, and moved there.
make_amalgamation()
{
    local source=$1 target=$2 work
    work=$(mktemp -d "$sources/.sqlite3.XXXXXX")
    (cd "$work" && "$source/configure" --disable-readline && make sqlite3.c) > "$work/log" 2>&1
    mkdir "$work/made"
    cp "$work/sqlite3.c" "$work/sqlite3.h" "$source/test/speedtest1.c" "$work/made"
    mv -T "$work/made" "$target" || [ -d "$target" ]
    rm -rf "$work"
}

build_speedtest1()
{
    local source amalgamation=$sources/sqlite3-amalgamation
    source=$(fetch sqlite3)
    [ -d "$amalgamation" ] || make_amalgamation "$source" "$amalgamation"
    read -ra compiler <<< "${CC:-clang}"
    "${compiler[@]}" "${flags[@]}" -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION \
        "$amalgamation"/{sqlite3,speedtest1}.c -o "$output" -lm
}

build_zstd()
{
    local source files
    source=$(fetch libzstd)/lib
    mapfile -t files < <(find "$source"/{common,compress,decompress} -name '*.c' | sort)
    read -ra compiler <<< "${CC:-clang}"
    "${compiler[@]}" "${flags[@]}" -DZSTD_DISABLE_ASM -I"$source" "${files[@]}" "$here/zstd/main.c" -o "$output"
}

# With -I, not -isystem: the templates of the library are the program's own functions.
build_json()
{
    local source
    source=$(fetch nlohmann-json3)
    read -ra compiler <<< "${CXX:-clang++}"
    "${compiler[@]}" "${flags[@]}" -std=c++17 -I"$source/include" "$here/json/main.cpp" -o "$output"
}

build_cpp()
{
    read -ra compiler <<< "${CXX:-clang++}"
    "${compiler[@]}" "${flags[@]}" -std=c++17 "$here"/cpp/*.cpp -o "$output"
}

mkdir -p "$(dirname "$output")"

case $program in
lua | speedtest1 | zstd | json | cpp)
    "build_$program"
    ;;
*)
    echo "build.sh: no program '$program'; there are lua, speedtest1, zstd, json and cpp" >&2
    exit 2
    ;;
esac
