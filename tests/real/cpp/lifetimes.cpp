// What unwinding destroys: members and bases of objects half made, elements of arrays, temporaries.
#include "program.h"

#include <memory>

namespace
{

int alive;

class Part
{
  public:
    explicit Part(int number) : number(number)
    {
        if (number % 5 == 4)
            throw std::runtime_error("part " + std::to_string(number));
        ++alive;
    }
    Part(const Part &other) : Part(other.number)
    {
    }
    ~Part()
    {
        --alive;
        ++events;
    }
    int value() const
    {
        return number * 3;
    }

  private:
    int number;
};

class Base
{
  public:
    explicit Base(int number) : first(number)
    {
    }
    virtual ~Base()
    {
        ++events;
    }
    virtual int total() const
    {
        return first.value();
    }

  private:
    Part first;
};

class Assembly : public Base
{
  public:
    explicit Assembly(int number)
    try : Base(number), second(number + 1), third(number + 2) {
        if (number % 7 == 0)
            throw number;
    } catch (const std::runtime_error &error) {
        events += static_cast<int>(std::string(error.what()).size());
    } // and thrown on, as always from a constructor

    int total() const override
    {
        return Base::total() + second.value() + third.value();
    }

  private:
    Part second;
    Part third;
};

int sum_of(Part left, Part right)
{
    return left.value() + right.value();
}

int build(int number)
{
    auto assembly = std::make_unique<Assembly>(number);
    return assembly->total();
}

int build_array(int number)
{
    struct Counted : Part {
        explicit Counted(int &next) : Part(next++)
        {
        }
    };
    Counted parts[] = {Counted(number), Counted(number), Counted(number)};
    return parts[0].value() + parts[2].value();
}

int through_frames(int depth, int number)
{
    Part guard(depth * 5);
    return depth == 0 ? build(number) : through_frames(depth - 1, number) + 1;
}

template <typename Function> std::uint64_t attempt(Function function)
{
    try {
        return static_cast<std::uint64_t>(function());
    } catch (int number) {
        return static_cast<std::uint64_t>(number) + 1000000;
    } catch (const std::exception &error) {
        return static_cast<std::uint64_t>(error.what()[5]) + 2000000;
    } catch (...) {
        return 3000000;
    }
}

// Stops an exception inside a destructor that runs because of another one.
class Quiet
{
  public:
    ~Quiet()
    {
        events += static_cast<int>(attempt([] { return build(4); }) % 3);
    }
};

int with_quiet(int number)
{
    Quiet quiet;
    return build(number);
}

} // namespace

std::uint64_t run_lifetimes()
{
    std::uint64_t sum = 0;
    for (int i = 0; i < 40; i++) {
        sum = combine(sum, attempt([i] { return build(i); }));
        sum = combine(sum, attempt([i] { return build_array(i); }));
        sum = combine(sum, attempt([i] { return through_frames(6, i); }));
        sum = combine(sum, attempt([i] { return with_quiet(i); }));
        sum = combine(sum, attempt([i] { return sum_of(Part(i), Part(i + 1)); }));
    }
    sum = combine(sum, attempt([]() -> int { throw "text"; }));
    return combine(sum, static_cast<std::uint64_t>(alive));
}
