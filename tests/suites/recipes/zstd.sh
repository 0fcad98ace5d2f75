packages=(libzstd)
suite='cli-tests; fuzzer, zstreamtest with one seed'

build()
{
    make -C tests -j"$JOBS" MOREFLAGS="$CFLAGS" zstd datagen fuzzer zstreamtest
}

# Its makefiles would build the programs again, with other flags. playTests.sh is left out: it
# compresses gigabytes.
check()
{
    local failed=0
    cd tests
    ./cli-tests/run.py --zstd=../programs/zstd --datagen=./datagen || failed=1
    ./fuzzer -v -s1 -i200 --no-big-tests || failed=1
    ./zstreamtest -v -s1 -i50 --no-big-tests || failed=1
    return $failed
}

results()
{
    tr '\r' '\n' | sed -nE 's,0x[0-9a-f]+,ADDRESS,g; s/^(PASS|FAIL): (.*)/\1 \2/p; s/^(test *[0-9]+ *: .*): OK.*/PASS \1/p'
}
