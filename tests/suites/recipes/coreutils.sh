packages=(coreutils)
suite='make check'

build()
{
    ./configure
    make -j"$JOBS"
}

check()
{
    make check
}

results()
{
    automake_results
}
