// Types a text on the machine's keyboard, at a pace it can follow.
#include "ui/vnc/text-typer.hpp"

#include <algorithm>
#include <utility>

namespace qio::vnc {

namespace {

// Without a pause a machine would lose keys, and the loop be busy.
constexpr std::chrono::milliseconds min_pace{1};

void pass(InputHost& host, const ui::KeyEvent& event) {
    host.keyboard().passed(event);
    if (auto* sink = host.input())
        sink->key(event);
}

} // namespace

TextTyper::TextTyper(InputHost& host, std::shared_ptr<const ui::Keymap> keymap,
                     std::chrono::milliseconds pace, GMainContext* context)
    : host_(host), keymap_(std::move(keymap)), pace_(std::max(pace, min_pace)),
      context_(context) {}

Result<std::size_t> TextTyper::type(std::string_view utf8) {
    if (!keymap_)
        return Error{ErrorKind::not_supported, 0,
                     "typing a text takes the machine's keyboard layout"};
    if (utf8.size() > max_text_bytes)
        return Error{ErrorKind::limit, 0, "the text is too long to be typed"};
    const auto typed = keymap_->type(utf8);
    if (events_.size() + typed.events.size() > max_events)
        return Error{ErrorKind::limit, 0, "too much text waits to be typed"};
    if (typed.events.empty())
        return typed.skipped;
    events_.insert(events_.end(), typed.events.begin(), typed.events.end());
    if (std::exchange(is_typing_, true))
        return typed.skipped;
    timer_ = Timer(pace_, [this] { type_next(); }, Timer::Repeat::yes, context_);
    host_.lift_keys();
    return typed.skipped;
}

/// The emulator may stop all in each call.
void TextTyper::type_next() {
    const auto keep = host_.keep_alive();
    const auto event = events_.front();
    events_.pop_front();
    for (const auto& step : host_.keyboard().steps({event}, SeesLights::no)) {
        if (!is_typing())
            return;
        (void)held_.key(step.event);
        pass(host_, step.event);
    }
    if (events_.empty())
        end();
}

void TextTyper::end() {
    is_typing_ = false;
    timer_.reset();
}

void TextTyper::stop() {
    end();
    events_.clear();
    while (const auto event = held_.release_key())
        pass(host_, *event);
}

} // namespace qio::vnc
