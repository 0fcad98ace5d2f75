// Functions of C++ that the optimizer inlines: templates, lambdas, methods, what throws.
#include "common.h"
#include "profinst.h"
#include <algorithm>
#include <functional>
#include <stdexcept>
#include <stdio.h>
#include <vector>

struct Point {
    int x;
    bool operator<(const Point &other) const { return x < other.x; } // calls: _ZNK5PointltERKS_ 499
};

namespace {

NOINLINE int leaf(int x) // calls: _ZN12_GLOBAL__N_14leafEi 91
{
    TOUCH();
    if (x == 13)
        throw std::runtime_error("13");
    return x + 1;
}

template <class T> T twice(T value) // calls: _ZN12_GLOBAL__N_15twiceIiEET_S1_ 100
{
    return value + value;
}

// Catches what comes through.
int safe(int x) // calls: _ZN12_GLOBAL__N_14safeEi 30
{
    try {
        return leaf(x); // edge: _ZN12_GLOBAL__N_14safeEi -> _ZN12_GLOBAL__N_14leafEi 30
    } catch (const std::exception &) {
        return -1;
    }
}

// Has something to do on both ways out.
struct Guard {
    int &depth;
    explicit Guard(int &d) : depth(d) { depth++; } // calls: _ZN12_GLOBAL__N_15GuardC2ERi 50
    ~Guard() { depth--; }                          // calls: _ZN12_GLOBAL__N_15GuardD2Ev 50
};

int guarded(int x, int &depth) // calls: _ZN12_GLOBAL__N_17guardedEiRi 50
{
    Guard guard(depth); // edge: _ZN12_GLOBAL__N_17guardedEiRi -> _ZN12_GLOBAL__N_15GuardC2ERi 50
                        // edge: _ZN12_GLOBAL__N_17guardedEiRi -> _ZN12_GLOBAL__N_15GuardD2Ev 50
    return leaf(x);     // edge: _ZN12_GLOBAL__N_17guardedEiRi -> _ZN12_GLOBAL__N_14leafEi 50
}

NOINLINE int survive(int n) // calls: _ZN12_GLOBAL__N_17surviveEi 1
{
    int sum = 0, depth = 0;
    for (int i = 0; i < n; i++) {
        try {
            // edge: _ZN12_GLOBAL__N_17surviveEi -> _ZN12_GLOBAL__N_17guardedEiRi 30
            sum += guarded(i, depth);
        } catch (const std::exception &) {
            sum += safe(depth); // edge: _ZN12_GLOBAL__N_17surviveEi -> _ZN12_GLOBAL__N_14safeEi 1
        }
    }
    TOUCH();
    return sum;
}

// The same in a function that is not measured: what it calls itself after an exception has landed is
// called by its caller again.
NOINLINE PROFINST_NEVER int hidden(int n)
{
    int sum = 0, depth = 0;
    for (int i = 0; i < n; i++) {
        try {
            sum += guarded(i, depth);
        } catch (const std::exception &) {
            sum += leaf(depth);
        }
    }
    TOUCH();
    return sum;
}

NOINLINE int around(int n) // calls: _ZN12_GLOBAL__N_16aroundEi 1
{
    // edge: _ZN12_GLOBAL__N_16aroundEi -> _ZN12_GLOBAL__N_17guardedEiRi 20
    // edge: _ZN12_GLOBAL__N_16aroundEi -> _ZN12_GLOBAL__N_14leafEi 1
    int sum = hidden(n);
    TOUCH();
    return sum;
}

} // namespace

int main() // calls: main 1
{
    std::vector<Point> points;
    for (int i = 0; i < 500; i++)
        points.push_back({i});
    // edge: main -> _ZNK5PointltERKS_ 499
    int sum = std::max_element(points.begin(), points.end())->x;
    for (int i = 0; i < 100; i++)
        sum += twice(i); // edge: main -> _ZN12_GLOBAL__N_15twiceIiEET_S1_ 100
    sum += survive(30);  // edge: main -> _ZN12_GLOBAL__N_17surviveEi 1
    sum += around(20);   // edge: main -> _ZN12_GLOBAL__N_16aroundEi 1
    for (int i = 0; i < 29; i++)
        sum += safe(i); // edge: main -> _ZN12_GLOBAL__N_14safeEi 29
    // edge: main -> _ZZ4mainENK3$_0clEi 10
    // edge: _ZZ4mainENK3$_0clEi -> _ZN12_GLOBAL__N_14leafEi 10
    std::for_each(&points[0].x, &points[10].x, [&](int x) { sum += leaf(x); }); // calls: _ZZ4mainENK3$_0clEi 10
    printf("%d\n", sum);
    return 0;
}
