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

# jq names each of its tests, and says then what is wrong.
results()
{
    awk '/^(PASS|FAIL|SKIP): / { sub(":", ""); print }
         /^Testing / { if (name) print result, name; name = $0; result = "PASS" }
         /^\*\*\* / { result = "FAIL" }
         END { print result, name }'
}
