// A recursive-descent calculator over random expressions, a part of them wrong: exceptions leave
// from every depth, are caught and thrown on, replaced, and dropped.
#include "program.h"

#include <vector>

namespace
{

class SyntaxError : public std::runtime_error
{
  public:
    SyntaxError(const std::string &what, std::size_t position)
        : std::runtime_error(what), position(position)
    {
    }
    std::size_t position;
};

class DivisionByZero : public std::exception
{
  public:
    const char *what() const noexcept override
    {
        return "division by zero";
    }
};

// Counts how deep the parser is, also when an exception leaves it.
class Depth
{
  public:
    explicit Depth(int &depth) : depth(depth)
    {
        if (++depth > 60)
            fail();
    }
    ~Depth()
    {
        --depth;
        ++events;
    }

  private:
    [[noreturn]] void fail()
    {
        --depth; // the destructor does not run for an object that was not made
        throw std::length_error("nested too deep");
    }
    int &depth;
};

class Parser
{
  public:
    explicit Parser(std::string text) : text(std::move(text))
    {
    }

    long parse()
    {
        long value = expression();
        if (position != text.size())
            error("operator expected");
        return value;
    }

  private:
    long expression()
    {
        Depth here(depth);
        long value = term();
        while (peek() == '+' || peek() == '-')
            value = take() == '+' ? value + term() : value - term();
        return value;
    }

    long term()
    {
        long value = factor();
        while (peek() == '*' || peek() == '/') {
            if (take() == '*')
                value = value * factor() % 10007;
            else
                value = divide(value, factor());
        }
        return value;
    }

    long factor()
    {
        if (peek() == '-') {
            take();
            return -factor();
        }
        if (peek() == '(') {
            take();
            long value = expression();
            if (peek() != ')')
                error("')' expected");
            take();
            return value;
        }
        if (peek() < '0' || peek() > '9')
            error("number expected");
        return take() - '0';
    }

    static long divide(long value, long divisor)
    {
        if (divisor == 0)
            throw DivisionByZero();
        return value / divisor;
    }

    [[noreturn]] void error(const char *what) const
    {
        throw SyntaxError(what, position);
    }

    char peek() const
    {
        return position < text.size() ? text[position] : '\0';
    }

    char take()
    {
        return text[position++];
    }

    std::string text;
    std::size_t position = 0;
    int depth = 0;
};

// The same name stands in shapes.cpp.
std::uint64_t mix(std::uint64_t value)
{
    return value * 37 + 11;
}

std::string make_expression(Random &random, int depth)
{
    std::string operand;
    switch (random.below(depth > 4 ? 1 : 6)) {
    case 0:
    case 1:
        return std::string(1, "0123456789x"[random.below(11)]);
    case 2:
        return "(" + make_expression(random, depth + 1) + ")";
    case 3:
        return "-" + make_expression(random, depth + 1);
    default:
        operand = make_expression(random, depth + 1);
        operand += "+-*/"[random.below(4)];
        return operand + make_expression(random, depth + 1);
    }
}

// Throws a division by zero on, and everything else as it is.
long evaluate(const std::string &text)
{
    try {
        return Parser(text).parse();
    } catch (const DivisionByZero &) {
        ++events;
        throw;
    } catch (const SyntaxError &error) {
        std::throw_with_nested(std::invalid_argument(text.substr(0, error.position)));
    }
}

std::uint64_t position_of(const std::exception &error)
{
    try {
        std::rethrow_if_nested(error);
    } catch (const SyntaxError &inner) {
        return inner.position;
    }
    return 999;
}

std::uint64_t evaluate_or_explain(const std::string &text)
{
    try {
        return static_cast<std::uint64_t>(evaluate(text));
    } catch (const std::invalid_argument &error) {
        return mix(position_of(error));
    } catch (const std::exception &error) {
        return mix(std::string(error.what()).size());
    }
}

bool is_odd(unsigned number);

bool is_even(unsigned number)
{
    return number == 0 || is_odd(number - 1);
}

bool is_odd(unsigned number)
{
    return number != 0 && is_even(number - 1);
}

long ackermann(long m, long n)
{
    if (m == 0)
        return n + 1;
    return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

} // namespace

std::uint64_t run_calculator()
{
    Random random(7);
    std::uint64_t sum = 0;
    for (int i = 0; i < 300; i++)
        sum = combine(sum, evaluate_or_explain(make_expression(random, 0)));
    sum = combine(sum, evaluate_or_explain(std::string(100, '(') + "1"));
    sum = combine(sum, is_even(51) + static_cast<std::uint64_t>(ackermann(2, 5)));
    return sum;
}
