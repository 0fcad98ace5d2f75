// Every kind of function that a user's file can define; all of them are hooked, each exactly once.
// Compiled with -fno-inline, or without optimization.
#include "common.h"
#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

struct Point {
  int x;
  explicit Point(int value) : x(value) { TOUCH(); } // calls: _ZN5PointC2Ei 3
  ~Point() { TOUCH(); } // calls: _ZN5PointD2Ev 3
  Point operator+(const Point &other) const // calls: _ZNK5PointplERKS_ 1
  {
    TOUCH();
    return Point(x + other.x);
  }
  bool operator<(const Point &other) const // calls: _ZNK5PointltERKS_ 1
  {
    TOUCH();
    return x < other.x;
  }
  explicit operator bool() const // calls: _ZNK5PointcvbEv 1
  {
    TOUCH();
    return x != 0;
  }
  friend int befriended(const Point &point) // calls: _Z10befriendedRK5Point 1
  {
    TOUCH();
    return point.x;
  }
  static int count() // calls: _ZN5Point5countEv 1
  {
    TOUCH();
    return 1;
  }
};

struct Copied {
  Copied() { TOUCH(); } // calls: _ZN6CopiedC2Ev 1
  Copied(const Copied &) { TOUCH(); } // calls: _ZN6CopiedC2ERKS_ 1
};

// Its copy constructor is the compiler's, but the class is the user's, and copying calls a function.
struct Holder { // calls: _ZN6HolderC2Ev 1 calls: _ZN6HolderC2ERKS_ 1
  Copied inside;
};

template <class T> struct Box {
  T value;
  T get() const // calls: _ZNK3BoxIiE3getEv 2 calls: _ZNK3BoxIlE3getEv 3
  {
    TOUCH();
    return value;
  }
  template <class U> U as() const // calls: _ZNK3BoxIiE2asIcEET_v 1
  {
    TOUCH();
    return static_cast<U>(value);
  }
  friend bool operator==(const Box &a, const Box &b) // calls: _ZeqRK3BoxIiES2_ 1
  {
    TOUCH();
    return a.value == b.value;
  }
  void outside();
};

template <class T> void Box<T>::outside() // calls: _ZN3BoxIiE7outsideEv 1
{
  TOUCH();
}

template <> template <> int Box<short>::as<int>() const // calls: _ZNK3BoxIsE2asIiEET_v 1
{
  TOUCH();
  return value;
}

template <class... Ts> int sum(Ts... values) // calls: _Z3sumIJiiiEEiDpT_ 1
{
  TOUCH();
  return (values + ... + 0);
}

namespace {

int hidden(int x) // calls: _ZN12_GLOBAL__N_16hiddenEi 1
{
  TOUCH();
  return x;
}

} // namespace

static int internal(int x) // calls: _ZL8internali 1
{
  TOUCH();
  return x;
}

inline int common(int x) // calls: _Z6commoni 1
{
  TOUCH();
  return x;
}

extern "C" int plain_name(int x) // calls: plain_name 1
{
  TOUCH();
  return x;
}

int renamed(int x) __asm__("other.name");
int renamed(int x) // calls: other.name 1
{
  TOUCH();
  return x;
}

struct Base {
  virtual int run() = 0;
};

struct Other {
  virtual int walk() { return 1; }
};

// Called through Other, by way of a thunk, which is not the user's function.
struct Both : Base, Other {
  int run() override // calls: _ZN4Both3runEv 1
  {
    TOUCH();
    return 1;
  }
  int walk() override // calls: _ZN4Both4walkEv 1
  {
    TOUCH();
    return 2;
  }
};

namespace std {
template <> struct hash<Both *> {
  int operator()(Both *) const // calls: _ZNKSt4hashIP4BothEclES1_ 1
  {
    TOUCH();
    return 1;
  }
};
} // namespace std

void operator delete(void *memory, int) // calls: _ZdlPvi 1
{
  TOUCH();
  (void)memory;
}

int operator""_twice(unsigned long long x) // calls: _Zli6_twicey 1
{
  TOUCH();
  return static_cast<int>(2 * x);
}

static int run(int argc) // calls: _ZL3runi 1
{
  struct Local {
    int get() // calls: _ZZL3runiEN5Local3getEv 1
    {
      TOUCH();
      return 1;
    }
  } local;
  return argc + local.get();
}

static Both both;

int main() // calls: main 1
{
  const Point one(1), two(2);
  int total = befriended(one) + Point::count() + (one < two ? 1 : 0) + (two ? 1 : 0);
  {
    const Point three = one + two;
    total += three.x;
  }
  const Holder holder;
  const Holder copy(holder);
  (void)copy;
  Box<int> box{1};
  const Box<long> wide{2};
  const Box<short> narrow{3};
  total += box.get() + box.get() + box.as<char>() + (box == box) + narrow.as<int>();
  total += static_cast<int>(wide.get() + wide.get() + wide.get());
  box.outside();
  total += sum(1, 2, 3) + hidden(1) + internal(1) + common(1) + plain_name(1) + renamed(1);
  Base *volatile base = &both;
  Other *volatile other = &both;
  total += base->run() + other->walk() + std::hash<Both *>()(&both);
  operator delete(nullptr, 1);
  total += 3_twice + run(1);
  std::map<std::string, std::vector<Box<int>>> map;
  map["one"].push_back(box);
  const auto shared = std::make_shared<Box<int>>(box);
  total += shared->value;
  std::printf("total %d, touched %ld\n", total, touched);
}
