packages=(expat)
suite='make check'

build()
{
    cd expat
    autoreconf -fi
    ./configure --without-docbook
    make -j"$JOBS"
}

check()
{
    cd expat
    make check
}

results()
{
    automake_results
}
