packages=(bash)
suite='make tests'

build()
{
    ./configure
    make -j"$JOBS"
}

check()
{
    make tests
}

# A test is a script whose output is compared by diff; what diff says comes after the test's name.
results()
{
    awk '/^run-/ { if (name) print result, name; name = $1; result = "PASS" }
         /^[0-9,]+[acd][0-9,]+$/ { result = "FAIL" }
         END { print result, name }'
}
