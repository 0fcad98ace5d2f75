#!/usr/bin/env bash
# Installs the Debian packages that are missing: setup.sh [--minimal | --bench | --suites]
#
# --minimal: only what scripts/demo.sh needs, with one LLVM; otherwise everything that building with
# all of them and the tests need. --bench: that, and the profilers that scripts/bench.sh compares with.
# --suites: that of the tests, and what the programs need whose test suites tests/suites/run.sh runs.
# Does nothing, fast and without network, when nothing is missing. Wants root or sudo otherwise.
set -euo pipefail

minimal=(
    # build tools
    cmake ninja-build gcc g++ pkg-config
    # Debian 12's default clang, and the headers the plugin is built with
    clang clang-14 llvm-14-dev libclang-14-dev
    # plugin: what it chose is compressed
    zlib1g-dev
    # analyzer: database, JSON, names of C++ functions, configuration files
    libsqlite3-dev libjansson-dev libiberty-dev libinih-dev
    # analyzer: protocol buffers
    libprotobuf-c-dev protobuf-c-compiler
    # analyzer: distributions
    libgsl-dev
    # analyzer: checksums
    libmd-dev
    # manual pages
    help2man
    # call graphs, and a font to write in them
    libgraphviz-dev graphviz fonts-dejavu-core
    # source packages, and the keys they are signed with
    dpkg-dev xz-utils debian-archive-keyring ca-certificates
)

full=(
    # every supported clang, with its linker and its sanitizers' runtimes
    lld-14 libclang-rt-14-dev
    clang-16 llvm-16-dev libclang-16-dev lld-16 libclang-rt-16-dev
    clang-19 llvm-19-dev libclang-19-dev lld-19 libclang-rt-19-dev
    clang-22 llvm-22-dev libclang-22-dev lld-22 libclang-rt-22-dev
    # tests: their language, the counts to compare with, SQLite's amalgamation, databases by hand
    python3 valgrind tcl make sqlite3
    # tests: pages and pictures, in a browser and without one
    chromium chromium-driver python3-selenium librsvg2-bin
    # tests: what opens exported files
    golang-go libdevel-nytprof-perl prometheus python3-prometheus-client
    # tests: statistics to compare with
    python3-scipy
    # tests: what reads the verdicts of a gate, and its workflows; what those call
    python3-junitparser python3-yaml curl git jq
    # tests: long output
    less
    # tests: manual pages, and shells with completions
    man-db mandoc bash-completion zsh fish
    # tests: random programs, and the headers that they include
    csmith libcsmith-dev
    # tests on aarch64: a cross toolchain's libraries, and an emulator
    gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
    # tests: sources of another language, a cache, parallel regions
    libobjc-12-dev ccache libomp-14-dev
    # benchmarks: the other profilers
    linux-perf uftrace binutils
    # style of the source and of these scripts
    clang-format shellcheck
)

# the page of profinst html: npm, if it is not there already from elsewhere
command -v npm > /dev/null || minimal+=(npm)

bench=(
    # profilers (gprof is in binutils), and what tells the memory that they take
    binutils uftrace linux-perf llvm-19 time
)

suites=(
    # building them
    autoconf automake autopoint bison flex gettext libtool m4 texinfo
    libonig-dev tcl-dev unicode-data
    # their tests
    file libgmock-dev libgtest-dev perl
)

case ${1:-} in
--minimal) wanted=("${minimal[@]}") ;;
--bench) wanted=("${minimal[@]}" "${full[@]}" "${bench[@]}") ;;
--suites) wanted=("${minimal[@]}" "${full[@]}" "${suites[@]}") ;;
"") wanted=("${minimal[@]}" "${full[@]}") ;;
*)
    echo "usage: setup.sh [--minimal | --bench | --suites]" >&2
    exit 2
    ;;
esac

# dpkg-query complains about packages it has never heard of, and lists the others.
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2> /dev/null |
    sed -n 's/^installed //p' || true)
mapfile -t missing < <(printf '%s\n' "${wanted[@]}" | grep -vxF -f <(echo "$installed") || true)
if [ ${#missing[@]} -eq 0 ]; then
    exit
fi

if [ "$(id -u)" -eq 0 ]; then
    as_root=(env)
elif command -v sudo > /dev/null; then
    as_root=(sudo env)
else
    echo "setup.sh: not root and no sudo here; install these packages: ${missing[*]}" >&2
    exit 1
fi
echo "setup.sh: installing ${missing[*]}"
as_root+=(DEBIAN_FRONTEND=noninteractive apt-get -qq)
"${as_root[@]}" update
"${as_root[@]}" install -y --no-install-recommends "${missing[@]}"
