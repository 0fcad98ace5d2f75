// A deterministic program that does to the stack what C++ can do to it. Each file is one theme;
// each returns a checksum that main prints, so a changed behaviour shows.
#ifndef PROGRAM_H
#define PROGRAM_H

#include <cstdint>
#include <stdexcept>
#include <string>

std::uint64_t run_shapes();     // virtual calls, multiple and virtual inheritance
std::uint64_t run_calculator(); // mutual recursion, exceptions through many frames
std::uint64_t run_lifetimes();  // constructors that throw, destructors on unwinding
std::uint64_t run_callbacks();  // comparators and functions called back by libraries

// The numbers that everything is fed with.
class Random
{
  public:
    explicit Random(std::uint64_t seed) : state(seed)
    {
    }
    std::uint64_t next();
    unsigned below(unsigned limit)
    {
        return static_cast<unsigned>(next() % limit);
    }

  private:
    std::uint64_t state;
};

// Initialized on each thread's first use, through a wrapper that the compiler makes.
int count_start();
extern thread_local int events;

inline std::uint64_t combine(std::uint64_t sum, std::uint64_t value)
{
    return (sum ^ value) * 1099511628211u;
}

#endif
