packages=(xz-utils)
suite='make check'

build()
{
    ./configure --disable-doc
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
