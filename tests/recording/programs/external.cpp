// Exceptions out of, and through, functions that are not part of the build; operator new and
// delete.
#include "common.h"
#include "external.h"
#include <cstdio>

static void *volatile kept;

NOINLINE int catches(int x) // calls: _Z7catchesi 6
{
    int result;
    try {
        result = outside_throws(x); // calls: outside_throws 14 outside
    } catch (int thrown) {
        result = -thrown;
    }
    result += outside_throws(2 * x);
    TOUCH();
    return result;
}

struct Guard {
    int &value;
    NOINLINE ~Guard() // calls: _ZN5GuardD2Ev 2
    {
        value++;
        TOUCH();
    }
};

static int guarded;

NOINLINE int passes(int x) // calls: _Z6passesi 2
{
    Guard guard{guarded};
    int result = outside_throws(x);
    TOUCH();
    return result;
}

NOINLINE int throws(int x) // calls: _Z6throwsi 4
{
    TOUCH();
    if (x == 2)
        throw 0.5;
    return x;
}

NOINLINE int through(int x) // calls: _Z7throughi 2
{
    try {
        return outside_calls(throws, x); // calls: outside_calls 2 outside
    } catch (double) {
        TOUCH();
        return -1;
    }
}

NOINLINE void makes() // calls: _Z5makesv 4
{
    kept = new int(5); // calls: _Znwm 4 outside
    TOUCH();
    ::operator delete(kept); // calls: _ZdlPv 4 outside
}

int main() // calls: main 1
{
    int sum = 0;
    for (int i = 0; i < 6; i++)
        sum += catches(i);
    for (int i = 0; i < 2; i++)
        try {
            sum += passes(i);
        } catch (int thrown) {
            sum += 10 * thrown;
        }
    sum += through(1) + through(3);
    for (int i = 0; i < 4; i++)
        makes();
    std::printf("%d %d %ld\n", sum, guarded, touched); // calls: printf 1 outside
}

// edge: main -> _Z7catchesi 6
// edge: _Z7catchesi -> outside_throws 12
// edge: main -> _Z6passesi 2
// edge: _Z6passesi -> outside_throws 2
// edge: _Z6passesi -> _ZN5GuardD2Ev 2
// edge: main -> _Z7throughi 2
// edge: _Z7throughi -> outside_calls 2
// edge: outside_calls -> _Z6throwsi 4
// edge: main -> _Z5makesv 4
// edge: _Z5makesv -> _Znwm 4
// edge: _Z5makesv -> _ZdlPv 4
// edge: main -> printf 1
