packages=(fmtlib)
suite='ctest'

build()
{
    cmake -S . -B made -DFMT_DOC=OFF -DBUILD_SHARED_LIBS=ON
    cmake --build made -j"$JOBS"
}

check()
{
    ctest --test-dir made --verbose
}

results()
{
    sed -E 's/^[0-9]+: //' | googletest_results
}
