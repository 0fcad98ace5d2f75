// Builds a document, writes it, reads it again and walks it, the same in every run: main [RECORDS].
// Nearly all of what runs are instances of the library's templates.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

using nlohmann::json;

namespace
{

class Numbers
{
  public:
    uint32_t next(uint32_t below)
    {
        state = state * 1664525 + 1013904223;
        return (state >> 8) % below;
    }

  private:
    uint32_t state = 1;
};

json makeRecord(Numbers &numbers, unsigned id)
{
    json tags = json::array();
    for (uint32_t i = numbers.next(6); i > 0; i--)
        tags.push_back("tag-" + std::to_string(numbers.next(100)));
    return {{"id", id},
            {"name", "record \"" + std::to_string(numbers.next(100000)) + "\"\n"},
            {"weight", numbers.next(1000000) / 64.0},
            {"balance", -static_cast<int>(numbers.next(1000))},
            {"active", numbers.next(2) == 1},
            {"parent", id == 0 ? json() : json(numbers.next(id))},
            {"tags", std::move(tags)}};
}

struct Sum {
    uint64_t values = 0, text = 0;
    double numbers = 0;

    void walk(const json &value)
    {
        values++;
        if (value.is_structured())
            for (const auto &part : value)
                walk(part);
        else if (value.is_string())
            text += value.get_ref<const std::string &>().size();
        else if (value.is_number())
            numbers += value.get<double>();
    }
};

} // namespace

int main(int count, char **arguments)
{
    const unsigned records = count > 1 ? std::atoi(arguments[1]) : 200;
    Numbers numbers;
    json document = json::array();
    for (unsigned i = 0; i < records; i++)
        document.push_back(makeRecord(numbers, i));

    const std::string text = document.dump(), indented = document.dump(2);
    json again = json::parse(indented);
    const std::vector<uint8_t> packed = json::to_cbor(again);
    Sum sum;
    sum.walk(json::from_cbor(packed));
    std::cout << text.size() << ' ' << indented.size() << ' ' << packed.size() << ' ' << sum.values
              << ' ' << sum.text << ' ' << sum.numbers << ' ' << (again == document) << '\n';

    for (const char *bad : {"[1, 2", "{\"a\": tru}", "\"\\ud800\"", "[1e999]"})
        try {
            std::cout << json::parse(bad).size() << '\n';
        } catch (const json::exception &error) {
            std::cout << error.what() << '\n';
        }
    return 0;
}
