// std::thread, std::async, and thread_local objects made and destroyed in every thread that uses them.
#include "common.h"
#include <future>
#include <thread>
#include <vector>

NOINLINE static void leaf() // calls: _ZL4leafv 4400
{
  __asm__ volatile("");
}

NOINLINE static int work(int n) // calls: _ZL4worki 600
{
  for (int i = 0; i < n; i++)
    leaf();
  return n;
}

struct Object {
  int used = 0;
  NOINLINE Object() { work(1); } // calls: _ZN6ObjectC2Ev 200
  NOINLINE ~Object() { work(used); } // calls: _ZN6ObjectD2Ev 200
};

static thread_local Object object;

NOINLINE static int body(int n) // calls: _ZL4bodyi 200
{
  object.used += n;
  return work(n);
}

int main() // calls: main 1
{
  int sum = 0;
  for (int i = 0; i < 10; i++) {
    std::vector<std::thread> threads;
    std::vector<std::future<int>> results;
    for (int k = 1; k <= 10; k++) {
      threads.emplace_back(body, 10);
      results.push_back(std::async(std::launch::async, body, 11));
    }
    for (auto &thread : threads)
      thread.join();
    for (auto &result : results)
      sum += result.get();
  }
  return sum == 1100 ? 0 : 1;
}

// edge: _ZL4bodyi -> _ZL4worki 200
// edge: _ZL4bodyi -> _ZN6ObjectC2Ev 200
// edge: _ZN6ObjectC2Ev -> _ZL4worki 200
// edge: _ZN6ObjectD2Ev -> _ZL4worki 200
// edge: _ZL4worki -> _ZL4leafv 4400
