// Trace points: one line on standard error per event, switched on by category.
#include "io/base/trace.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "io/base/split.hpp"

namespace qio::trace {

namespace {

constexpr std::array<std::pair<std::string_view, Category>, 5> names{{
    {"core", Category::core},
    {"socket", Category::socket},
    {"listener", Category::listener},
    {"websock", Category::websock},
    {"vnc", Category::vnc},
}};

unsigned bits_of_word(std::string_view word) {
    unsigned bits = 0;
    for (auto& [name, category] : names)
        if (word == name || word == "all")
            bits |= std::to_underlying(category);
    return bits;
}

unsigned read_environment() {
    const char* value = std::getenv("QIO_TRACE");
    unsigned bits = 0;
    for (const auto word : split(value ? value : "", ','))
        bits |= bits_of_word(word);
    return bits;
}

const char* name_of(Category category) {
    for (auto& [name, candidate] : names)
        if (candidate == category)
            return name.data();
    return "?";
}

} // namespace

std::string category_names() {
    std::string all;
    for (const auto& [name, category] : names)
        all.append(all.empty() ? "" : ", ").append(name);
    return all + " or all";
}

std::optional<std::string> find_unknown_category(std::string_view list) {
    for (const auto word : split(list, ','))
        if (bits_of_word(word) == 0)
            return std::string(word);
    return std::nullopt;
}

bool enabled(Category category) {
    static const unsigned bits = read_environment();
    return (bits & std::to_underlying(category)) != 0;
}

void emit(Category category, const char* event, const char* format, ...) {
    char detail[400];
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    std::fprintf(stderr, "qio %s %s %s\n", name_of(category), event, detail);
}

} // namespace qio::trace
