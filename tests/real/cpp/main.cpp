#include "program.h"

#include <cstdio>

namespace
{

// Constructed before main and destroyed after it.
class Banner
{
  public:
    Banner()
    {
        write("begin");
    }
    ~Banner()
    {
        write("end");
    }

  private:
    void write(const char *text)
    {
        std::printf("%s\n", text);
    }
};

Banner banner;

} // namespace

std::uint64_t Random::next()
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

int count_start()
{
    return 1000;
}

thread_local int events = count_start();

int main()
{
    std::printf("shapes     %016llx\n", static_cast<unsigned long long>(run_shapes()));
    std::printf("calculator %016llx\n", static_cast<unsigned long long>(run_calculator()));
    std::printf("lifetimes  %016llx\n", static_cast<unsigned long long>(run_lifetimes()));
    std::printf("callbacks  %016llx\n", static_cast<unsigned long long>(run_callbacks()));
    std::printf("events     %d\n", events);
    return 0;
}
