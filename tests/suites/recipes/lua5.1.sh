# The tests that Lua's authors publish are in no source package of Lua; a Go implementation of Lua 5.1
# carries them.
packages=(lua5.1 golang-github-yuin-gopher-lua)
suite='official tests of Lua 5.1'

build()
{
    local files
    mapfile -t files < <(find src -name '*.c' ! -name 'luac.c' ! -name print.c)
    echo '#define DEB_HOST_MULTIARCH ""' > src/lua5.1-deb-multiarch.h
    $CC $CFLAGS -DLUA_USE_POSIX -DLUA_USE_DLOPEN "${files[@]}" -Wl,-E -o lua -lm -ldl
}

# The scripts run in one process and stop at the first that fails.
check()
{
    cd ../golang-github-yuin-gopher-lua/_lua5.1-tests
    LUA_PATH='?;./?.lua' ../../lua5.1/lua all.lua
}

results()
{
    sed -nE 's/^testing (.*)/PASS \1/p; s/^final OK !!!/PASS all.lua/p'
}
