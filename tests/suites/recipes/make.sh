packages=(make-dfsg)
suite='make check'

build()
{
    autoreconf -fi
    ./configure
    make -j"$JOBS"
}

check()
{
    make check
}

results()
{
    sed -nE 's/^([a-z]+\/[^ ]+) \.+ (ok|FAILED|N\/A).*/\2 \1/p' | sed 's/^ok/PASS/; s/^FAILED/FAIL/; s/^N\/A/SKIP/'
}
