// internal: the lines by which a driver tells a program here what to do, and what it is
// told.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/interop/scene.hpp"

namespace qio::interop {

using Words = std::vector<std::string>;

/// "key 0x61 30" as its words.
Words words_of(std::string_view line);
/// Zero for what is no number; with 0x in front it is hexadecimal.
long number(const Words& words, std::size_t index);
/// The words from `index` on, with "\n" and "\\" for what they stand for.
std::string text(const Words& words, std::size_t index);
/// A text as part of one line.
std::string quoted(std::string_view text);

/// Commands by their first word.
using Commands = std::map<std::string, std::function<void(const Words&)>, std::less<>>;

/// Carries out one line; says "unknown LINE" for any other.
void obey(const Commands& commands, std::string_view line);

/// Reads what there is on standard input and obeys whole lines of it.
class CommandInput {
public:
    explicit CommandInput(const Commands& commands) : commands_(commands) {}
    /// False at the end. Requires: something can be read.
    bool read();

private:
    const Commands& commands_;
    std::string rest_;
};

/// What a client has to come to see. Says "differs PIXELS LARGEST X Y" for each picture
/// that is not it, and "picture STEP" once.
class Expectation {
public:
    void expect(int step) { step_ = step, scene_.reset(); }
    void look(const ClientPicture& picture);

private:
    std::optional<int> step_;
    std::optional<ExpectedScene> scene_;
};

} // namespace qio::interop
