// Allocation of the program's own is called by whom the source says.
#include "common.h"
#include <cstdio>
#include <cstdlib>
#include <new>

struct Thing {
    int values[10];
};

static Thing *volatile thing;

void *operator new(std::size_t size); // edge: _ZL4makev -> _Znwm 5
void operator delete(void *memory) noexcept;

static void make() // calls: _ZL4makev 5
{
    thing = new Thing;
}

static void release() // calls: _ZL7releasev 5
{
    ::operator delete(thing); // edge: _ZL7releasev -> _ZdlPv 5
}

int main() // calls: main 1
{
    for (int i = 0; i < 5; i++) {
        make();
        release();
    }
    return 0;
}
