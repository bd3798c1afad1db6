// internal: a console's messages about its picture, turned into what a display shows.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "io/base/error.hpp"
#include "io/base/unique-fd.hpp"
#include "ui/dbus/picture.hpp"
#include "ui/dbus/shared-picture.hpp"
#include "ui/display.hpp"

namespace qio::dbus {

struct Size {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    bool operator==(const Size&) const = default;
};

/// Keeps the picture of one console.
///
/// The picture's size comes two ways that know no order: with pictures, and as the
/// console's properties. Another surface may even be announced by nothing but parts of
/// it. So parts may make the picture larger, news of the size make it larger or smaller,
/// and where the two differ the size is asked for again. What a smaller picture hides is
/// kept, in case the news were old.
///
/// Context: any thread.
class Screen final {
public:
    /// `ask_size` is called when the console's size should be asked for anew, until
    /// set_console_size() answers. It runs inside of a call of this, and may only wake
    /// somebody.
    Screen(std::shared_ptr<ui::Display> display, std::function<void()> ask_size)
        : display_(std::move(display)), ask_size_(std::move(ask_size)) {}

    /// Everything is new. Errors: as surface_over(); exhausted.
    Result<void> scanout(const PictureLayout& layout, ByteView bytes);
    /// The part at (x, y) is new; also where no picture was before.
    /// Errors: as scanout(); limit (place).
    Result<void> update(std::int32_t x, std::int32_t y, const PictureLayout& layout,
                        ByteView bytes);
    /// Everything is new, and in shared memory. Errors: as SharedPicture::open().
    Result<void> scanout_map(UniqueFd fd, std::uint32_t offset,
                             const PictureLayout& layout);
    /// A part of the shared memory has changed; what lies outside of it is ignored.
    /// Errors: invalid_argument if there is none; as SharedPicture::refresh().
    Result<void> update_map(const ui::Rect& rect);
    /// There is no picture any longer.
    void disable();
    /// The console's size by its properties. What no surface can have is ignored.
    void set_console_size(const Size& size);

private:
    Size size() const;
    bool is_console_size_at_least(const Size& size) const;
    Result<void> own(const Size& size);
    Result<void> show(const Size& size);
    void draw(const ui::Surface& source, int x, int y);
    void compare_sizes();

    const std::shared_ptr<ui::Display> display_;
    const std::function<void()> ask_size_;
    std::mutex mutex_; // guards all below
    std::shared_ptr<ui::Surface> store_;
    std::shared_ptr<const ui::Surface> shown_; // the top left of store_, or of shared_
    std::unique_ptr<SharedPicture> shared_;
    Size console_{};
    bool asked_ = false;
};

} // namespace qio::dbus
