#!/usr/bin/env bash
# Fetches and unpacks a Debian source package, and prints the folder: fetch-source.sh PACKAGE [DIR]
#
# The folder is DIR/PACKAGE (DIR is build/sources by default); if it is there, nothing is done.
# apt gets sources, lists and a cache of its own below DIR/.apt, so the machine's stay as they are;
# Debian's signatures are checked with the machine's keyring.
#
# PROFINST_MIRROR=URL   take this Debian mirror instead of the machine's
#
# Exit codes: 0 done, 2 wrong use, 3 could not be fetched (no network, no such package).
set -euo pipefail

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    echo "usage: fetch-source.sh PACKAGE [DIR]" >&2
    exit 2
fi
package=$1
directory=${2:-$(dirname "$0")/../build/sources}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

mkdir -p "$directory"
directory=$(cd "$directory" && pwd)
target=$directory/$package
apt=$directory/.apt

if [ -d "$target" ]; then
    echo "$target"
    exit
fi

# Tests run in parallel, and apt's lists have one lock. Who waited may find the folder there.
exec 9> "$directory/.lock"
flock 9
if [ -d "$target" ]; then
    echo "$target"
    exit
fi

mkdir -p "$apt"/{lists,cache}/partial
rm -rf "$apt/unpack"
mkdir "$apt/unpack"
log=$apt/log

# The mirrors of the release that runs here, as `deb-src MIRROR SUITE main` lines. --print-uris
# reads the machine's sources only, so this works with deleted lists and as any user. Repositories
# of others are left out, because Debian's keys do not sign them.
list_sources()
{
    local release
    # shellcheck source=/dev/null
    release=$(. /etc/os-release && echo "$VERSION_CODENAME")
    if [ -n "${PROFINST_MIRROR:-}" ]; then
        echo "deb-src [signed-by=$keyring] ${PROFINST_MIRROR%/} $release main"
        return
    fi
    apt-get --print-uris update |
        sed -nE "s,^'(.*)/dists/($release(-updates|-security)?)/InRelease' .*,\1 \2,p" |
        while read -r mirror suite; do
            echo "deb-src [signed-by=$keyring] $mirror $suite main"
        done
}

# The limits bound the time without a network: a name that does not resolve, a host that is silent.
apt_get()
{
    timeout 300 apt-get -qq \
        -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" \
        -o APT::Get::AllowUnauthenticated=false -o Acquire::AllowInsecureRepositories=false \
        -o Acquire::Retries=1 -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10 \
        "$@" < /dev/null >> "$log" 2>&1
}

# An update that failed for one of the suites does not matter if the source package is found.
fetch()
{
    apt_get update || true
    cd "$apt/unpack" && apt_get source --only-source "$package"
}

: > "$log"
list_sources > "$apt/sources.list"
if ! (fetch) || ! mv "$apt/unpack"/*/ "$target"; then
    reason=$({ sed -n 's/^E: //p' "$log"; sed -n 's/^W: //p' "$log"; } | sed -n 1p)
    echo "fetch-source.sh: cannot fetch the Debian source package $package: ${reason:-see $log}" >&2
    exit 3
fi
rm -rf "$apt/unpack"
echo "$target"
