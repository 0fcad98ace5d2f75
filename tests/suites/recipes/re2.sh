packages=(re2)
suite='make test'

build()
{
    make -j"$JOBS" CXX="$CXX" CXXFLAGS="$CXXFLAGS -std=c++11" SBIGTESTS= obj/so/libre2.so
    make -j"$JOBS" CXX="$CXX" CXXFLAGS="$CXXFLAGS -std=c++11" SBIGTESTS= -n test > /dev/null
}

check()
{
    make CXX="$CXX" CXXFLAGS="$CXXFLAGS -std=c++11" SBIGTESTS= test
}

results()
{
    sed -nE 's/^(obj\/[^ ]+) +(PASS|FAIL).*/\2 \1/p'
}
