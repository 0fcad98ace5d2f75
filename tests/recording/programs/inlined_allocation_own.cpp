#include <cstdlib>
#include <new>

void *operator new(std::size_t size) // calls: _Znwm 5
{
    return std::malloc(size);
}

void operator delete(void *memory) noexcept // calls: _ZdlPv 5
{
    std::free(memory);
}
