packages=(libzstd)
suite='make shortest, test-cli-tests; fuzzer and zstreamtest of fixed seed'

build()
{
    make -C tests -j"$JOBS" MOREFLAGS="$CFLAGS" zstd datagen fuzzer zstreamtest
}

check()
{
    cd tests
    make MOREFLAGS="$CFLAGS" shortest
    make MOREFLAGS="$CFLAGS" test-cli-tests
    ./fuzzer -s1 -i500 --no-big-tests
    ./zstreamtest -s1 -i200 --no-big-tests
}

results()
{
    sed -nE 's/^(PASS|FAIL): (.*)/\1 \2/p; s/^(test *[0-9]+ *: .*): OK.*/PASS \1/p; s/^===> *(.*)/PASS \1/p'
}
