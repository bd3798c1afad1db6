// What a client's wishes for another size, or other screens, do.
#include "ui/vnc/client.hpp"

namespace qio::vnc {

namespace {

// Wishes for another size go to the emulator no faster than this: a window that is being
// dragged asks for hundreds.
constexpr std::chrono::milliseconds min_resize_interval{100};

/// Without a list of screens, one that is all of it.
ui::ScreenLayout wish_of(const SetDesktopSize& message) {
    if (message.screens.empty())
        return ui::ScreenLayout::one(message.width, message.height);
    ui::ScreenLayout wish{message.width, message.height, {}};
    for (const auto& screen : message.screens)
        wish.screens.push_back(
            {screen.id, {screen.x, screen.y, screen.width, screen.height}, screen.flags});
    return wish;
}

} // namespace

void Client::handle(const SetDesktopSize& message) {
    if (!resize_pause_.is_active())
        return forward_resize(wish_of(message));
    // Too soon: the latest wish is passed on when the pause is over, which answers the
    // earlier ones as well.
    next_resize_ = wish_of(message);
}

void Client::forward_resize(const ui::ScreenLayout& wish) {
    const auto keep = shared_from_this();
    // Held back until the answer is there: it is to bring the new size itself.
    const bool was_handling = std::exchange(handling_, true);
    const auto status = ask_for_size(wish);
    handling_ = was_handling;
    if (ended_)
        return;
    updates_->answer_resize(status);
    resize_pause_ = Timer(
        min_resize_interval,
        [this] {
            resize_pause_.reset();
            if (const auto next = std::exchange(next_resize_, std::nullopt))
                forward_resize(*next);
        },
        Timer::Repeat::no, context_);
    send_unasked();
}

DesktopSizeStatus Client::ask_for_size(const ui::ScreenLayout& wish) {
    if (!check(wish))
        return DesktopSizeStatus::InvalidLayout;
    auto* sink = may_act(Act::other) ? host_->input() : nullptr;
    if (sink == nullptr)
        return DesktopSizeStatus::ResizeProhibited;
    switch (sink->layout_request(wish)) {
    case ui::ResizeAnswer::prohibited:
        return DesktopSizeStatus::ResizeProhibited;
    case ui::ResizeAnswer::out_of_resources:
        return DesktopSizeStatus::OutOfResources;
    case ui::ResizeAnswer::invalid:
        return DesktopSizeStatus::InvalidLayout;
    case ui::ResizeAnswer::accepted:
        break;
    }
    if (ended_)
        return DesktopSizeStatus::ResizeProhibited;
    host_->refresh_display(*this, wish);
    const bool done = fulfils(layout_of(host_->display_state()), wish);
    return done ? DesktopSizeStatus::NoError : DesktopSizeStatus::RequestForwarded;
}

} // namespace qio::vnc
