// Virtual calls. A call through the second base of Square, or through a virtual base, passes a
// thunk of the compiler's before it reaches the function.
#include "program.h"

#include <memory>
#include <vector>

namespace
{

class Shape
{
  public:
    virtual ~Shape() = default;
    virtual long area() const = 0;
    virtual const char *kind() const
    {
        return "shape";
    }
    virtual std::unique_ptr<Shape> clone() const = 0;
};

class Named
{
  public:
    virtual ~Named();
    virtual unsigned name_length() const = 0;
    virtual Named *self()
    {
        return this;
    }
};

Named::~Named()
{
    ++events;
}

class Circle : public Shape
{
  public:
    explicit Circle(long radius) : radius(radius)
    {
    }
    long area() const override
    {
        return 3 * radius * radius;
    }
    std::unique_ptr<Shape> clone() const override
    {
        return std::make_unique<Circle>(*this);
    }

  protected:
    long radius;
};

class Ring final : public Circle
{
  public:
    Ring(long radius, long hole) : Circle(radius), hole(hole)
    {
    }
    long area() const override
    {
        return Circle::area() - Circle(hole).area();
    }
    const char *kind() const override
    {
        return "ring";
    }
    std::unique_ptr<Shape> clone() const override
    {
        return std::make_unique<Ring>(*this);
    }

  private:
    long hole;
};

class Square : public Shape, public Named
{
  public:
    Square(long side, std::string name) : side(side), name(std::move(name))
    {
    }
    ~Square() override
    {
        ++events;
    }
    long area() const override
    {
        return side * side;
    }
    unsigned name_length() const override
    {
        return static_cast<unsigned>(name.size());
    }
    Square *self() override // covariant: the thunk adjusts the result as well
    {
        return this;
    }
    std::unique_ptr<Shape> clone() const override
    {
        return std::make_unique<Square>(side + 1, name + "'");
    }

  private:
    long side;
    std::string name;
};

class Node
{
  public:
    explicit Node(int id) : id(id)
    {
    }
    virtual ~Node() = default;
    virtual int weight() const
    {
        return id;
    }

  protected:
    int id;
};

class Left : public virtual Node
{
  public:
    Left() : Node(1)
    {
    }
    int weight() const override
    {
        return Node::weight() + 10;
    }
};

class Right : public virtual Node
{
  public:
    Right() : Node(2)
    {
    }
};

class Diamond : public Left, public Right
{
  public:
    Diamond() : Node(3)
    {
    }
    int weight() const override
    {
        return Left::weight() * 2;
    }
};

// The same name stands in calculator.cpp.
std::uint64_t mix(std::uint64_t value)
{
    return value * 31 + 7;
}

std::vector<std::unique_ptr<Shape>> make_shapes(Random &random, int count)
{
    std::vector<std::unique_ptr<Shape>> shapes;
    for (int i = 0; i < count; i++) {
        switch (random.below(3)) {
        case 0:
            shapes.push_back(std::make_unique<Circle>(random.below(20)));
            break;
        case 1:
            shapes.push_back(std::make_unique<Ring>(40, random.below(20)));
            break;
        default:
            shapes.push_back(std::make_unique<Square>(random.below(50), "square"));
        }
    }
    return shapes;
}

} // namespace

std::uint64_t run_shapes()
{
    Random random(42);
    std::uint64_t sum = 0;
    auto shapes = make_shapes(random, 200);
    for (int i = 0; i < 100; i++)
        shapes.push_back(shapes[random.below(200)]->clone());

    for (const auto &shape : shapes) {
        sum = combine(sum, mix(static_cast<std::uint64_t>(shape->area())));
        sum = combine(sum, static_cast<std::uint64_t>(shape->kind()[0]));
        if (auto *named = dynamic_cast<Named *>(shape.get()))
            sum = combine(sum, named->self()->name_length());
    }

    Diamond diamond;
    const Right &right = diamond;
    const Node &node = diamond;
    for (int i = 0; i < 10; i++)
        sum = combine(sum, static_cast<std::uint64_t>(right.weight() + node.weight()));

    std::unique_ptr<Named> last = std::make_unique<Square>(1, "last"); // deleted through Named
    return combine(sum, last->name_length());
}
