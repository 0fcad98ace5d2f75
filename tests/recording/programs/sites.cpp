// As sites.c, for what C++ has: names of functions as the linker sees them.
#include "common.h"
#include <algorithm>
#include <functional>
#include <memory>

// The constructor and the destructor are several functions each, of which one is measured.
struct Plain {
  NOINLINE explicit Plain(int n) : value(n) { TOUCH(); }
  NOINLINE ~Plain() { TOUCH(); }
  int value;
};

struct Base {
  NOINLINE explicit Base(int n) : value(n) { TOUCH(); }
  NOINLINE virtual ~Base() { TOUCH(); }
  NOINLINE virtual int get() const
  {
    TOUCH();
    return value;
  }
  int value;
};

struct Derived : Base {
  NOINLINE explicit Derived(int n) : Base(n) { TOUCH(); } // site: _ZN7DerivedC2Ei -> _ZN4BaseC2Ei direct 3/1 exact
  NOINLINE ~Derived() override { TOUCH(); } // site: _ZN7DerivedD2Ev -> _ZN4BaseD2Ev direct 3/1 exact
  NOINLINE int get() const override
  {
    TOUCH();
    return value + 1;
  }
};

template <class T> NOINLINE static T twice(T value)
{
  TOUCH();
  return value + value;
}

NOINLINE static int plain()
{
  Plain first(1); // site: _ZL5plainv -> _ZN5PlainC2Ei direct 2/2
  Plain second(2); // site: _ZL5plainv -> _ZN5PlainC2Ei direct 2/2
  TOUCH();
  return first.value + second.value;
} // site: _ZL5plainv -> _ZN5PlainD2Ev direct 2/1 exact

NOINLINE static int is_virtual(const Base &object)
{
  TOUCH();
  return object.get(); // site: _ZL10is_virtualRK4Base -> _ZNK7Derived3getEv pointer 2/1 exact
}

NOINLINE static int is_named(const Derived &object)
{
  TOUCH();
  return object.Derived::get(); // site: _ZL8is_namedRK7Derived -> _ZNK7Derived3getEv direct 1/1 exact
}

NOINLINE static int on_stack()
{
  Derived object(1); // site: _ZL8on_stackv -> _ZN7DerivedC2Ei direct 1/1 exact
  TOUCH();
  return is_virtual(object); // site: _ZL8on_stackv -> _ZL10is_virtualRK4Base direct 1/1 exact
} // site: _ZL8on_stackv -> _ZN7DerivedD2Ev direct 1/1 exact

NOINLINE static void deletes(const Base *object)
{
  TOUCH();
  delete object; // site: _ZL7deletesPK4Base -> _ZN7DerivedD2Ev pointer 1/1 exact
}

NOINLINE static int on_heap()
{
  const Derived *object = new Derived(2); // site: _ZL7on_heapv -> _ZN7DerivedC2Ei direct 1/1 exact
  int got = is_virtual(*object) + is_named(*object); // site: _ZL7on_heapv -> _ZL10is_virtualRK4Base direct 1/1 exact // site: _ZL7on_heapv -> _ZL8is_namedRK7Derived direct 1/1 exact
  deletes(object); // site: _ZL7on_heapv -> _ZL7deletesPK4Base direct 1/1 exact
  return got;
}

// The library is not measured: what it calls back is called through it.
NOINLINE static bool is_less(int a, int b)
{
  TOUCH();
  return a < b;
}

NOINLINE static int sorts()
{
  int numbers[] = {2, 1};
  std::sort(numbers, numbers + 2, is_less); // site: _ZL5sortsv -> _ZL7is_lessii THROUGH 1/1 exact
  TOUCH();
  return numbers[0];
}

// What leads to one function alone stands for it.
NOINLINE static std::unique_ptr<Plain> makes()
{
  TOUCH();
  return std::make_unique<Plain>(3); // site: _ZL5makesv -> _ZN5PlainC2Ei direct 1/1 exact
}

NOINLINE static void lets_go()
{
  std::unique_ptr<Plain> owner = makes(); // site: _ZL7lets_gov -> _ZL5makesv direct 1/1 exact
  TOUCH();
} // site: _ZL7lets_gov -> _ZN5PlainD2Ev direct 1/1 exact

NOINLINE static void throws(int n)
{
  TOUCH();
  if (n > 1)
    throw Derived(n); // site: _ZL6throwsi -> _ZN7DerivedC2Ei direct 1/1 exact
}

NOINLINE static int catches()
{
  int caught = 0;
  for (int i = 0; i < 3; i++)
    try {
      throws(i); // site: _ZL7catchesv -> _ZL6throwsi direct 3/1 exact
    } catch (const Derived &) {
      caught++;
    } // site: _ZL7catchesv -> _ZN7DerivedD2Ev through=__cxa_end_catch 1/1 exact
  TOUCH();
  return caught;
}

int main()
{
  auto lambda = [](int n) {
    TOUCH();
    return n;
  };
  int sum = plain(); // site: main -> _ZL5plainv direct 1/1 exact
  sum += on_stack(); // site: main -> _ZL8on_stackv direct 1/1 exact
  sum += on_heap(); // site: main -> _ZL7on_heapv direct 1/1 exact
  sum += sorts(); // site: main -> _ZL5sortsv direct 1/1 exact
  lets_go(); // site: main -> _ZL7lets_gov direct 1/1 exact
  sum += catches(); // site: main -> _ZL7catchesv direct 1/1 exact
  sum += twice(1) + twice(2); // site: main -> _ZL5twiceIiET_S0_ direct 2/1 exact
  sum += (int)twice(1.5); // site: main -> _ZL5twiceIdET_S0_ direct 1/1 exact
  sum += lambda(2); // site: main -> LAMBDA direct 1/1 exact
  return sum == 0;
}
