# Lua 5.4 comes without tests, so libraries for it do the testing: lpeg and cjson, which are built with
# the same flags and loaded by dlopen, and LuaUnit, which is written in Lua.
packages=(lua5.4 lua-lpeg lua-cjson lua-unit)
suite='tests of lpeg, cjson and LuaUnit'

build()
{
    local files
    mapfile -t files < <(find src -name '*.c' ! -name 'luac.c')
    echo '#define DEB_HOST_MULTIARCH ""' > src/lua5.4-deb-multiarch.h
    $CC $CFLAGS -std=gnu99 -DLUA_USE_LINUX "${files[@]}" -Wl,-E -o lua -lm -ldl
    $CC $CFLAGS -Isrc -fPIC -shared ../lua-lpeg/*.c -o lpeg.so
    $CC $CFLAGS -Isrc -fPIC -shared ../lua-cjson/{lua_cjson,strbuf,fpconv}.c -o cjson.so
}

check()
{
    local lua=$PWD/lua
    export LUA_CPATH="$PWD/?.so"
    (cd ../lua-lpeg && "$lua" test.lua && echo "ok lpeg")
    (cd ../lua-cjson/tests && perl genutf8.pl && LUA_PATH="../lua/?.lua;?.lua" "$lua" test.lua)
    cd ../lua-unit
    "$lua" run_unit_tests.lua --output tap
}

# LuaUnit tests itself with tests that fail, and prints these as well.
results()
{
    sed -nE -e 's/^ok (lpeg)$/PASS \1/p' -e 's/^==> (Test .*): (PASS|FAIL)$/\2 \1/p' \
        -e '/\t(MyTest|my_test)/d' -e 's/^ok +[0-9]+\t/PASS /p' -e 's/^not ok +[0-9]+\t/FAIL /p'
}
