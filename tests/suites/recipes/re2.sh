packages=(re2)
suite='make test, without the exhaustive ones'

build()
{
    # shellcheck disable=SC2016 # make's variables
    make -j"$JOBS" CXX="$CXX" CXXFLAGS="$CXXFLAGS -std=c++11" \
        --eval='programs: $(TESTS) $(STESTS)' programs
}

check()
{
    make CXX="$CXX" CXXFLAGS="$CXXFLAGS -std=c++11" SBIGTESTS= test
    cat obj/test/*.log obj/so/test/*.log
}

results()
{
    sed -nE 's/^(obj\/[^ ]+) +(PASS|FAIL).*/\2 \1/p'
}
