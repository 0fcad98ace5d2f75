packages=(bzip2)
suite='make test'

build()
{
    make -j"$JOBS" CC="$CC" CFLAGS="$CFLAGS -D_FILE_OFFSET_BITS=64" all
}

check()
{
    make CC="$CC" CFLAGS="$CFLAGS -D_FILE_OFFSET_BITS=64" test
}

# make echoes each comparison before it is made, and stops at one that fails.
results()
{
    grep '^cmp ' | sed 's/^/PASS /; s/ *$//'
}
