// The lines by which a driver tells a program here what to do.
#include "tests/interop/conversation.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "tests/interop/serving.hpp"

namespace qio::interop {

Words words_of(std::string_view line) {
    Words words;
    while (!line.empty()) {
        const auto end = std::min(line.find(' '), line.size());
        words.emplace_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return words;
}

long number(const Words& words, std::size_t index) {
    return index < words.size() ? std::strtol(words[index].c_str(), nullptr, 0) : 0;
}

std::string text(const Words& words, std::size_t index) {
    std::string all;
    for (auto at = index; at < words.size(); ++at)
        all.append(at == index ? "" : " ").append(words[at]);
    std::string plain;
    for (std::size_t at = 0; at < all.size(); ++at)
        plain += all[at] != '\\' || at + 1 == all.size() ? all[at]
                 : all[++at] == 'n'                      ? '\n'
                                                         : all[at];
    return plain;
}

std::string quoted(std::string_view text) {
    std::string line;
    for (const char c : text)
        line += c == '\n' ? "\\n" : c == '\\' ? "\\\\" : std::string(1, c);
    return line;
}

void obey(const Commands& commands, std::string_view line) {
    const auto words = words_of(line);
    const auto command = commands.find(words.empty() ? std::string() : words.front());
    if (command == commands.end())
        say("unknown " + std::string(line));
    else
        command->second(words);
}

bool CommandInput::read() {
    std::array<char, 4096> bytes;
    const auto count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count <= 0)
        return false;
    rest_.append(bytes.data(), std::size_t(count));
    for (std::size_t end = 0; (end = rest_.find('\n')) != rest_.npos;) {
        obey(commands_, rest_.substr(0, end));
        rest_.erase(0, end + 1);
    }
    return true;
}

void Expectation::look(const ClientPicture& picture) {
    if (!step_ || picture.data == nullptr)
        return;
    if (!scene_ || !scene_->fits(picture))
        scene_.emplace(picture, *step_);
    const auto found = scene_->difference(picture);
    if (found.pixels == 0) {
        say("picture " + std::to_string(*step_));
        step_.reset();
        return;
    }
    std::string line = "differs";
    for (const auto value :
         {long(found.pixels), long(found.largest), long(found.x), long(found.y)})
        line += " " + std::to_string(value);
    say(line);
}

} // namespace qio::interop
