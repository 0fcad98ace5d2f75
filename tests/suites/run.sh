#!/usr/bin/env bash
# Builds Debian's source packages twice, without and with the plugin, runs the test suites that they
# bring along, and compares: run.sh [--clang=N] [--again[=all]] [NAME...]
#
# NAME is one of recipes/NAME.sh; all of them without it. Prints a row of a Markdown table for each.
# Logs, results and profiles stay in build/suites/NAME/{plain,profinst}, and what was done before is
# not done again. `scripts/setup.sh --suites` installs what the packages need.
#
#   --clang=N          the compiler is clang-N (19)
#   --again            build with the plugin and run the tests again; --again=all: without it as well
#   PROFINST_BUILD     build folder of profinst (build)
#   PROFINST_MIRROR    see scripts/fetch-source.sh
#   JOBS               parallel compilations (1); suites run as they do by default
#
# Exit codes: 0 nothing fails that passes without the plugin, every profile can be read and has all
# calls; 1 otherwise; 2 wrong use.
#
# A recipe has `packages`, Debian's sources, the first of which is built, and `suite`, what is run;
# and three functions. `build` and `check` run in a fresh copy of the first source, beside those of
# the others, with CC, CXX, CFLAGS and CXXFLAGS in the environment. `results` reads what `check` has
# printed and writes lines "PASS name", "FAIL name" or "SKIP name". The exit code of `check` is one
# more result.
set -euo pipefail

clang=19
again=
names=()
for word; do
    case $word in
    --clang=*) clang=${word#*=} ;;
    --again) again=profinst ;;
    --again=all) again=all ;;
    -*)
        sed -n '2,/^#$/s/^# \?//p' "$0" >&2
        exit 2
        ;;
    *) names+=("$word") ;;
    esac
done

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
product=$(realpath "${PROFINST_BUILD:-$root/build}")
profinst=$product/bin/profinst
plugin=$product/lib/libprofinst.so
export JOBS=${JOBS:-1}
packages=() suite= # of a recipe

if [ ${#names[@]} -eq 0 ]; then
    for recipe in "$here"/recipes/*.sh; do
        names+=("$(basename "$recipe" .sh)")
    done
fi
for tool in "clang-$clang" "clang++-$clang" setpriv; do
    if ! command -v "$tool" > /dev/null; then
        echo "run.sh: there is no $tool here; scripts/setup.sh --suites installs it" >&2
        exit 2
    fi
done

# ---- for recipes ----------------------------------------------------------------------------

# shellcheck disable=SC2317 # recipes call it
automake_results()
{
    sed -nE -e 's/^(PASS|FAIL|SKIP): /\1 /p' -e 's/^XFAIL: /PASS /p' -e 's/^(XPASS|ERROR): /FAIL /p'
}

# shellcheck disable=SC2317 # recipes call it
googletest_results()
{
    sed -nE -e 's/^\[       OK \] ([^ ]+).*/PASS \1/p' \
        -e 's/^\[  SKIPPED \] ([^ ]+) \(.*/SKIP \1/p' -e 's/^\[  FAILED  \] ([^ ]+) \(.*/FAIL \1/p'
}

# ---- one variant of one program ---------------------------------------------------------------

source_of()
{
    "$root/scripts/fetch-source.sh" "$1" "$root/build/sources"
}

# Runs one function of the recipe in its source; everything that it says goes to a log. Some suites
# refuse to be run by root, and others then test less. Some want SIGINT, which is ignored in jobs in
# the background.
step()
{
    local as=(env --default-signal=HUP --default-signal=INT --default-signal=QUIT)
    if [ "$(id -u)" -eq 0 ]; then
        as+=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    fi
    (cd "$work/source/${packages[0]}" && HOME=$work "${as[@]}" bash -ec "$(declare -f "$1"); $1") \
        < /dev/null > "$work/$1.log" 2>&1
}

# What is run while building is not what is tested.
build_variant()
{
    local work=$1 package
    rm -rf "$work"
    mkdir -p "$work"/{source,profiles}
    for package in "${packages[@]}"; do
        cp -a "$(source_of "$package")" "$work/source/"
    done
    if [ "$(id -u)" -eq 0 ]; then
        chown -R nobody:nogroup "$work"
    fi
    if ! PROFINST_DISABLE=1 step build; then
        echo "run.sh: $name cannot be built, see $work/build.log" >&2
        return 1
    fi
    touch "$work/built"
}

# The plain variant has a place for profiles too, where none may appear.
run_variant()
{
    local work=$folder/$1 flags='-O2 -g' code=0
    if [ "$1" = profinst ]; then
        flags+=" -fplugin=$plugin"
    fi
    export CC=clang-$clang CXX=clang++-$clang CFLAGS=$flags CXXFLAGS=$flags
    if [ -n "$again" ] || [ ! -f "$work/built" ]; then
        build_variant "$work"
    fi
    profiles_of "$work" | xargs -0 -r rm
    rm -f "$work/sum"
    SECONDS=0
    PROFINST_OUTPUT=$work/profiles/%n.%p.profinst step check || code=$?
    echo $SECONDS > "$work/seconds"
    echo $code > "$work/code"
}

# Suites that clean the environment have profiles in the folders in which they run programs.
profiles_of()
{
    find "$1" -type f -name '*.profinst*' -print0
}

# What `profinst report` says of all profiles, by the hundred; where that fails, of each. What it says
# of those that it refuses goes to refused.log.
report_all()
{
    local number
    for number in 100 1; do
        if profiles_of "$1" | xargs -0 -r -n $number "$profinst" report --format=json --limit=1 \
            > "$1/report.json" 2> "$1/refused.log"; then
            return
        fi
    done
}

# Profiles, those refused among them, calls and lost calls.
sum_up()
{
    report_all "$1"
    awk -v profiles="$(profiles_of "$1" | tr -cd '\0' | wc -c)" '
        /^  "processes"/ { in_processes = 1 }
        /^  "total_ns"/ { in_processes = 0 }
        in_processes && /^      "pid": / { read++ }
        in_processes && /^      "calls": / { calls += $2 }
        in_processes && /^      "lost_calls": / { lost += $2 }
        END { printf "%d %d %.0f %.0f\n", profiles, profiles - read, calls, lost }' \
        "$1/report.json" > "$1/sum"
}

# ---- the table -------------------------------------------------------------------------------

# Tests of one name are told apart by number.
write_results()
{
    {
        results < "$1/check.log"
        if [ "$(cat "$1/code")" -eq 0 ]; then echo "PASS exit code"; else echo "FAIL exit code"; fi
    } | awk '{ n = ++seen[substr($0, 6)]; print $0 (n > 1 ? " #" n : "") }' > "$1/results"
}

passed()
{
    grep -c '^PASS ' "$1" || true
}

# Tests that pass without the plugin and do not with it: they fail, are skipped, or are not run.
new_failures()
{
    comm -23 <(grep '^PASS ' "$1" | sort) <(sort "$2") | cut -c 6-
}

version_of()
{
    dpkg-parsechangelog -l "$(source_of "$1")/debian/changelog" -S Version
}

compare()
{
    local plain=$folder/plain/results with=$folder/profinst/results profiles refused calls lost new
    read -r profiles refused calls lost < "$folder/profinst/sum"
    write_results "$folder/plain"
    write_results "$folder/profinst"
    new=$(new_failures "$plain" "$with")
    # shellcheck disable=SC2016 # Markdown's backquotes
    printf '| %s | %s | `%s` | %s of %s | %s of %s | %s | %s | %s | %s | %s | %s s | %s s |\n' \
        "$name" "$(version_of "${packages[0]}")" "$suite" \
        "$(passed "$plain")" "$(wc -l < "$plain")" "$(passed "$with")" "$(wc -l < "$with")" \
        "$(grep -c . <<< "$new" || true)" "$profiles" "$refused" "$calls" "$lost" \
        "$(cat "$folder/plain/seconds")" "$(cat "$folder/profinst/seconds")"
    if [ -n "$new" ]; then
        echo "run.sh: $name: new failures:" $'\n'"$new" >&2
    fi
    if grep -q '^profinst: ' "$folder"/profinst/check.log; then
        echo "run.sh: $name: messages of profinst in $folder/profinst/check.log" >&2
    fi
    if [ "$(profiles_of "$folder/plain" | wc -c)" -ne 0 ]; then
        echo "run.sh: $name: profiles without the plugin" >&2
        return 1
    fi
    [ -z "$new" ] && [ "$refused" -eq 0 ] && [ "$lost" -eq 0 ] && [ "$calls" -gt 0 ]
}

run_program()
{
    name=$1
    folder=$root/build/suites/$name
    # shellcheck source=/dev/null
    source "$here/recipes/$name.sh"
    if [ "$again" = all ] || [ ! -f "$folder/plain/code" ]; then
        run_variant plain
    fi
    if [ -n "$again" ] || [ ! -f "$folder/profinst/code" ]; then
        run_variant profinst
    fi
    if [ ! -f "$folder/profinst/sum" ]; then
        sum_up "$folder/profinst"
    fi
    compare
}

echo "| program | version | suite | passed without | passed with | new failures | profiles | unreadable | calls | lost | time without | time with |"
echo "|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
code=0
for name in "${names[@]}"; do
    # In a condition, errors would not end the subshell.
    set +e
    (set -e && run_program "$name")
    code=$((code | $?))
    set -e
done
exit $code
