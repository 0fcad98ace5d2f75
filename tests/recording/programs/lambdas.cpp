// Lambdas: called, passed to the standard library, generic, in global and default initializers, in a
// template, in another lambda, turned into a pointer. Compiled with -fno-inline, or unoptimized.
#include "common.h"
#include <algorithm>
#include <cstdio>
#include <functional>
#include <vector>

static auto global = [](int x) { TOUCH(); return x; }; // line: global 1

struct WithDefault {
  int value = [] { TOUCH(); return 1; }(); // line: member 2
};

template <class T> static int in_template(T x)
{
  auto lambda = [&](T y) { TOUCH(); return static_cast<int>(x + y); }; // line: template 2
  return lambda(x);
}

UNHOOKED static int as_pointer(int (*function)(char))
{
  return function('a');
}

int main()
{
  std::vector<int> values = {1, 2, 3, 4};
  int total = global(1);
  total += WithDefault().value + WithDefault().value;
  total += in_template(1) + in_template(2L);
  std::for_each(values.begin(), values.end(), [&](int x) { TOUCH(); total += x; }); // line: each 4
  auto generic = [&](auto x) { TOUCH(); total += static_cast<int>(x); }; // line: generic 2
  generic(1);
  generic(1.0);
  const std::function<long(long)> wrapped = [](long x) { TOUCH(); return x; }; // line: wrapped 3
  for (long i = 0; i < 3; i++)
    total += static_cast<int>(wrapped(i));
  auto outer = [&](short x) { // line: outer 1
    TOUCH();
    auto inner = [&](unsigned y) { TOUCH(); return x + static_cast<int>(y); }; // line: inner 2
    return inner(1) + inner(2);
  };
  total += outer(1);
  total += as_pointer([](char x) { TOUCH(); return x - 'a'; }); // line: pointer 1
  auto first = [](int x, int) { TOUCH(); return x; }; // line: first 1, a twin of the next
  auto second = [](int x, int) { TOUCH(); return x; }; // line: second 5, a twin
  for (int i = 0; i < 5; i++)
    total += second(i, 0);
  total += first(1, 0);
  std::printf("total %d, touched %ld\n", total, touched);
}
