packages=(re2)
suite='make test, without the exhaustive ones'

build()
{
    # shellcheck disable=SC2016 # variables of make
    echo 'programs: $(TESTS) $(STESTS)' > programs.mk
    make -j"$JOBS" CXX="$CXX" CXXFLAGS="$CXXFLAGS -std=c++11" REBUILD_TABLES=1 \
        -f Makefile -f programs.mk programs
}

check()
{
    make -k CXX="$CXX" CXXFLAGS="$CXXFLAGS -std=c++11" REBUILD_TABLES=1 SBIGTESTS= test
    cat obj/test/*.log obj/so/test/*.log
}

results()
{
    sed -nE 's/^(obj\/[^ ]+) +(PASS|FAIL).*/\2 \1/p'
}
