// Our functions called back by code that is not ours: the standard library's templates, whose
// instances are in this program, and the C library.
#include "program.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <unordered_map>
#include <vector>

namespace
{

struct Point {
    int x, y;
    bool operator<(const Point &other) const
    {
        return key() < other.key();
    }
    bool operator==(const Point &other) const
    {
        return x == other.x && y == other.y;
    }
    int key() const
    {
        return x * 1000 + y;
    }
};

struct ByDistance {
    bool operator()(const Point &left, const Point &right) const
    {
        return distance(left) < distance(right);
    }
    static int distance(const Point &point)
    {
        return point.x * point.x + point.y * point.y;
    }
};

struct PointHash {
    std::size_t operator()(const Point &point) const
    {
        return static_cast<std::size_t>(point.key());
    }
};

template <typename Value, unsigned Size> class Ring
{
  public:
    void push(const Value &value)
    {
        values[index(count++)] = value;
    }
    template <typename Function> void each(Function function) const
    {
        for (unsigned i = 0; i < std::min(count, Size); i++)
            function(values[index(i)]);
    }

  private:
    static unsigned index(unsigned number)
    {
        return number % Size;
    }
    Value values[Size] = {};
    unsigned count = 0;
};

int compare_keys(const void *left, const void *right)
{
    return static_cast<const Point *>(left)->key() - static_cast<const Point *>(right)->key();
}

std::vector<Point> make_points(Random &random, std::size_t count)
{
    std::vector<Point> points(count);
    std::generate(points.begin(), points.end(), [&random] {
        int x = static_cast<int>(random.below(100));
        return Point{x, static_cast<int>(random.below(100))};
    });
    return points;
}

std::uint64_t sum_keys(const std::vector<Point> &points)
{
    return std::accumulate(points.begin(), points.end(), std::uint64_t(0),
                           [](std::uint64_t sum, const Point &point) {
                               return combine(sum, static_cast<std::uint64_t>(point.key()));
                           });
}

std::uint64_t use_sort(std::vector<Point> points)
{
    std::sort(points.begin(), points.end());
    std::uint64_t sum = sum_keys(points);
    std::make_heap(points.begin(), points.end(), ByDistance());
    std::sort_heap(points.begin(), points.end(), ByDistance());
    sum = combine(sum, sum_keys(points));
    std::qsort(points.data(), points.size(), sizeof(Point), compare_keys);
    return combine(sum, sum_keys(points));
}

std::uint64_t use_containers(const std::vector<Point> &points)
{
    std::map<Point, int> ordered;
    std::set<Point, ByDistance> distances;
    std::unordered_map<Point, int, PointHash> hashed;
    for (const Point &point : points) {
        ++ordered[point];
        distances.insert(point);
        hashed[point] += point.x;
    }
    std::uint64_t sum = ordered.size();
    for (const auto &[point, times] : ordered)
        sum = combine(sum, static_cast<std::uint64_t>(point.key() + times + hashed.at(point)));
    return combine(sum, distances.size());
}

// A comparator's exception leaves the sort through the library's frames.
std::uint64_t use_throwing_comparator(std::vector<Point> points)
{
    int left = 100;
    try {
        std::sort(points.begin(), points.end(), [&left](const Point &a, const Point &b) {
            if (--left == 0)
                throw std::runtime_error("enough");
            return a < b;
        });
    } catch (const std::runtime_error &) {
        return 1;
    }
    return 0;
}

std::uint64_t use_functions()
{
    std::vector<std::function<int(int)>> steps;
    steps.emplace_back([](int value) { return value + 3; });
    steps.emplace_back([&steps](int value) { return value > 50 ? value : steps[2](value * 2); });
    steps.emplace_back([&steps](int value) { return steps[1](steps[0](value)); });
    steps.emplace_back(std::bind(std::minus<int>(), std::placeholders::_1, 1));

    std::uint64_t sum = 0;
    for (int i = 0; i < 60; i++)
        sum = combine(sum, static_cast<std::uint64_t>(steps[static_cast<std::size_t>(i % 4)](i)));

    Ring<int, 7> ring;
    for (int i = 0; i < 30; i++)
        ring.push(i * i);
    ring.each([&sum](int value) { sum = combine(sum, static_cast<std::uint64_t>(value)); });
    return sum;
}

void at_exit()
{
    ++events;
}

} // namespace

std::uint64_t run_callbacks()
{
    Random random(99);
    std::atexit(at_exit);
    const auto points = make_points(random, 400);
    std::uint64_t sum = use_sort(points);
    sum = combine(sum, use_containers(points));
    sum = combine(sum, use_throwing_comparator(points));
    return combine(sum, use_functions());
}
