packages=(jq)
suite='make check; jq --run-tests'

build()
{
    autoreconf -fi
    ./configure --disable-docs --disable-valgrind --disable-maintainer-mode
    make -j"$JOBS"
}

check()
{
    make check
    local file
    for file in jq base64 onig; do
        ./jq -L tests/modules --run-tests "tests/$file.test"
    done
}

results()
{
    automake_results
    sed -n 's/^Test #\([0-9]*\): .*/PASS test \1/p' 
}
