packages=(zlib)
suite='make test; infcover'

build()
{
    ./configure
    make -j"$JOBS" all infcover
}

check()
{
    make test
    ./infcover
}

results()
{
    sed -nE 's/^\t\t\*\*\* (.*) OK \*\*\*/PASS \1/p; s/^\t\t\*\*\* (.*) FAILED \*\*\*/FAIL \1/p'
}
