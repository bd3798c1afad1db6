// A little language for the update state machine.
#include "tests/ui/vnc/update-script.hpp"

#include <array>
#include <cstdio>
#include <sstream>

#include "tests/support/pictures.hpp"
#include "tests/support/pipe-channel.hpp"
#include "tests/support/rfb-client.hpp"
#include "tests/ui/vnc/make-update.hpp"

namespace qio::test {

namespace {

std::array<int, 4> numbers(const std::string& text) {
    std::array<int, 4> all{};
    std::sscanf(text.c_str(), "%d%*[,x]%d,%d,%d", &all[0], &all[1], &all[2], &all[3]);
    return all;
}

ui::Rect rect_of(const std::string& text) {
    const auto n = numbers(text);
    return {n[0], n[1], n[2], n[3]};
}

std::string size_text(int width, int height) {
    return std::to_string(width) + "x" + std::to_string(height);
}

const std::pair<std::string_view, int> encodings[] = {
    {"raw", rfb::raw},          {"zlib", rfb::zlib},
    {"ds", rfb::desktop_size},  {"eds", rfb::extended_desktop_size},
    {"cur", rfb::cursor},       {"name", rfb::desktop_name},
    {"key", rfb::extended_key},
};

ui::PixelFormat format_of(const std::string& text) {
    if (text == "16")
        return {16, 16, false, true, 31, 63, 31, 11, 5, 0};
    if (text == "8")
        return {8, 8, false, true, 7, 7, 3, 0, 3, 6};
    if (text == "map")
        return {8, 8, false, false, 0, 0, 0, 0, 0, 0};
    return ui::server_native();
}

class Session {
public:
    Session() : client_(make_pipe_pair().first) {
        state_.surface = picture(64, 48, 0, Content::noise);
        state_.name = "one";
        sender_.emplace(state_);
        client_.start(64, 48);
        client_.name = "one";
    }

    void step(const std::string& word) {
        const auto colon = word.find(':');
        const auto verb = word.substr(0, colon);
        const auto rest = colon == word.npos ? std::string() : word.substr(colon + 1);
        if (verb == "!")
            take();
        else if (!by_client(verb, rest))
            by_display(verb, rest);
    }

    std::string result() const {
        return client_.broken().empty() ? told_ : "BROKEN: " + client_.broken();
    }

private:
    bool by_client(const std::string& verb, const std::string& rest) {
        if (verb == "inc" || verb == "full") {
            ++client_.requests;
            sender_->request(verb == "inc",
                             rest.empty() ? sender_->area() : rect_of(rest));
        } else if (verb == "enc") {
            set_encodings(rest);
        } else if (verb == "fmt") {
            sender_->set_pixel_format(format_of(rest));
            client_.set_pixel_format(format_of(rest));
        } else if (verb == "answer") {
            sender_->answer_resize(vnc::DesktopSizeStatus(std::stoi(rest)));
        } else {
            return false;
        }
        return true;
    }

    void set_encodings(const std::string& names) {
        std::vector<vnc::Encoding> all;
        std::istringstream words(names);
        for (std::string word; std::getline(words, word, '+');)
            for (const auto& [name, number] : encodings)
                if (name == word)
                    all.push_back(vnc::Encoding(number));
        sender_->set_encodings(all);
    }

    void by_display(const std::string& verb, const std::string& rest) {
        ui::DisplayChanges news = state_;
        if (verb == "damage") {
            news.damage = ui::Region(rect_of(rest));
        } else if (verb == "size") {
            const auto n = numbers(rest);
            news.surface = picture(n[0], n[1], 0, Content::noise, unsigned(n[0]));
            news.surface_changed = true;
            news.damage = ui::Region(news.surface->bounds());
        } else if (verb == "cursor") {
            const int side = std::stoi(rest);
            const std::vector<std::uint32_t> pixels(std::size_t(side * side), 0xFF00FF00);
            news.cursor = std::make_shared<const ui::Cursor>(
                *ui::Cursor::make(side, side, 0, 0, pixels));
            news.cursor_changed = true;
        } else if (verb == "nocursor") {
            news.cursor = nullptr;
            news.cursor_changed = true;
        } else if (verb == "name") {
            news.name = rest;
            news.name_changed = true;
        } else if (verb == "bell") {
            news.bell = true;
        }
        sender_->display_changed(news);
        sender_->add_damage(news.damage);
        state_ = {.surface = news.surface,
                  .damage = {},
                  .cursor = news.cursor,
                  .name = news.name};
    }

    void take() {
        const auto bells = client_.bells, maps = client_.colour_maps;
        const auto sizes = client_.sizes.size();
        client_.updates.clear();
        client_.feed(make_update(*sender_, *state_.surface));
        std::string told;
        if (client_.bells > bells)
            told += " bell";
        for (auto i = maps; i < client_.colour_maps; ++i)
            told += " map";
        next_size_ = sizes;
        for (const auto& update : client_.updates)
            told += " " + in_words(update);
        told_ += (told_.empty() ? "" : " ") + (told.empty() ? "-" : told.substr(1));
    }

    std::string in_words(const RfbUpdate& update) {
        std::string words;
        for (const auto& rectangle : update.rectangles)
            words += " " + in_words(rectangle);
        return "[" + (words.empty() ? "" : words.substr(1)) + "]";
    }

    std::string in_words(const RfbRectangle& rectangle) {
        const auto& rect = rectangle.rect;
        switch (rectangle.encoding) {
        case rfb::extended_desktop_size: {
            const auto& size = client_.sizes[next_size_++];
            return "eds " + std::to_string(size.reason) + "/" +
                   std::to_string(size.status) + " " + size_text(size.width, size.height);
        }
        case rfb::desktop_size:
            ++next_size_;
            return "ds " + size_text(rect.width, rect.height);
        case rfb::cursor:
            return "cursor " + size_text(rect.width, rect.height);
        case rfb::desktop_name:
            return "name=" + client_.name;
        case rfb::extended_key:
            return "key";
        default:
            return (rectangle.encoding == rfb::raw ? "raw " : "zlib ") +
                   std::to_string(rect.x) + "," + std::to_string(rect.y) + "," +
                   size_text(rect.width, rect.height);
        }
    }

    ui::DisplayChanges state_;
    std::optional<vnc::UpdateSender> sender_;
    RfbClient client_;
    std::size_t next_size_ = 0;
    std::string told_;
};

} // namespace

std::string play(std::string_view script) {
    Session session;
    std::istringstream words{std::string(script)};
    for (std::string word; words >> word;)
        session.step(word);
    return session.result();
}

} // namespace qio::test
