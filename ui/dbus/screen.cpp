// internal: a console's messages about its picture, turned into what a display shows.
#include "ui/dbus/screen.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace qio::dbus {

namespace {

constexpr auto max_side = std::uint32_t(ui::max_surface_dimension);

bool is_possible(const Size& size) {
    return size.width >= 1 && size.height >= 1 && size.width <= max_side &&
           size.height <= max_side;
}

Size size_of(const ui::Surface& surface) {
    return {std::uint32_t(surface.width()), std::uint32_t(surface.height())};
}

bool fits(const Size& inner, const Size& outer) {
    return inner.width <= outer.width && inner.height <= outer.height;
}

Size larger(const Size& a, const Size& b) {
    return {std::max(a.width, b.width), std::max(a.height, b.height)};
}

/// Writes `source` at (x, y) as native words. Requires: it fits.
void copy_pixels(const ui::Surface& source, ui::Surface& target, int x, int y) {
    const auto width = std::min(source.width(), target.width() - x);
    const auto height = std::min(source.height(), target.height() - y);
    for (int row = 0; row < height; ++row) {
        void* at = target.row(y + row) + std::size_t(x) * sizeof(std::uint32_t);
        auto* out = static_cast<std::uint32_t*>(at);
        const auto* pixels = source.read_row(0, row, width, out);
        if (pixels != out)
            std::memcpy(out, pixels, std::size_t(width) * sizeof *out);
    }
}

} // namespace

Size Screen::size() const {
    return shown_ ? size_of(*shown_) : Size{};
}

bool Screen::is_console_size_at_least(const Size& size) const {
    return is_possible(console_) && fits(size, console_);
}

/// Makes pixels of our own, of exactly that size, with what was there before.
Result<void> Screen::own(const Size& size) {
    auto store = QIO_TRY(ui::Surface::create(int(size.width), int(size.height)));
    if (store_)
        copy_pixels(*store_, *store, 0, 0);
    else if (shown_)
        copy_pixels(*shown_, *store, 0, 0);
    store_ = std::move(store);
    shown_ = store_;
    shared_.reset();
    return {};
}

/// Shows the top left of our own pixels. Requires: there are some.
Result<void> Screen::show(const Size& size) {
    if (this->size() == size)
        return {};
    if (!fits(size, size_of(*store_)))
        QIO_TRY(own(larger(size, size_of(*store_))));
    shown_ =
        QIO_TRY(ui::Surface::wrap(int(size.width), int(size.height), store_->stride(),
                                  store_->format(), store_->row(0), store_));
    display_->set_surface(shown_);
    return {};
}

void Screen::draw(const ui::Surface& source, int x, int y) {
    copy_pixels(source, *store_, x, y);
    display_->damage({x, y, source.width(), source.height()});
}

/// Which of two different sizes is the newer one is only known by asking again.
void Screen::compare_sizes() {
    if (!is_possible(console_) || console_ == size() || std::exchange(asked_, true))
        return;
    ask_size_();
}

Result<void> Screen::scanout(const PictureLayout& layout, ByteView bytes) {
    const auto source = QIO_TRY(surface_over(layout, bytes));
    const std::lock_guard lock(mutex_);
    if (store_ && size_of(*store_) == size_of(*source) && size() == size_of(*source)) {
        draw(*source, 0, 0);
        return {};
    }
    auto store = QIO_TRY(ui::Surface::create(source->width(), source->height()));
    copy_pixels(*source, *store, 0, 0);
    store_ = std::move(store);
    shown_ = store_;
    shared_.reset();
    display_->set_surface(shown_);
    compare_sizes();
    return {};
}

Result<void> Screen::update(std::int32_t x, std::int32_t y, const PictureLayout& layout,
                            ByteView bytes) {
    const auto source = QIO_TRY(surface_over(layout, bytes));
    const ui::Rect place{x, y, source->width(), source->height()};
    const ui::Rect possible{0, 0, int(max_side), int(max_side)};
    if (!possible.contains(place))
        return Error{ErrorKind::limit, 0, "update lies outside of every surface"};
    const Size end{std::uint32_t(place.right()), std::uint32_t(place.bottom())};
    const std::lock_guard lock(mutex_);
    const bool was_ours = store_ != nullptr;
    if (!was_ours || !fits(end, size())) {
        const Size wanted =
            is_console_size_at_least(end) ? console_ : larger(end, size());
        if (!was_ours) {
            QIO_TRY(own(wanted));
            display_->set_surface(shown_);
        } else {
            QIO_TRY(show(wanted));
        }
        compare_sizes();
    }
    draw(*source, x, y);
    return {};
}

Result<void> Screen::scanout_map(UniqueFd fd, std::uint32_t offset,
                                 const PictureLayout& layout) {
    auto shared = QIO_TRY(SharedPicture::open(std::move(fd), offset, layout));
    const std::lock_guard lock(mutex_);
    shared_ = std::move(shared);
    shown_ = shared_->surface();
    store_.reset();
    display_->set_surface(shown_);
    return {};
}

Result<void> Screen::update_map(const ui::Rect& rect) {
    const std::lock_guard lock(mutex_);
    if (!shared_)
        return Error{ErrorKind::invalid_argument, 0, "no memory is shared"};
    QIO_TRY(shared_->refresh(rect));
    display_->damage(rect);
    return {};
}

void Screen::disable() {
    const std::lock_guard lock(mutex_);
    shared_.reset();
    store_.reset();
    shown_.reset();
    display_->set_surface(nullptr);
}

void Screen::set_console_size(const Size& size) {
    const std::lock_guard lock(mutex_);
    asked_ = false;
    if (!is_possible(size))
        return;
    console_ = size;
    // Without memory for it the picture stays as it is.
    if (store_)
        (void)show(size);
}

} // namespace qio::dbus
