packages=(sqlite3)
suite='make quicktest'

build()
{
    ./configure --with-tcl=/usr/lib/tcl8.6 --disable-readline --enable-debug=no
    make -j"$JOBS" testfixture
}

check()
{
    make quicktest
}

# Names the files of tests, and the tests that fail.
results()
{
    sed -nE 's/^Time: ([^ ]+) .*/PASS \1/p; s/^! (.*) expected: .*/FAIL \1/p'
}
