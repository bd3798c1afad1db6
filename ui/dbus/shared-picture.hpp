// internal: a picture in memory that the machine shares with us by a descriptor.
#pragma once

#include <cstdint>
#include <memory>

#include "io/base/error.hpp"
#include "io/base/unique-fd.hpp"
#include "ui/dbus/picture.hpp"
#include "ui/rect.hpp"

namespace qio::dbus {

/// Pixels of the machine's own memory.
///
/// Memory that is sealed against shrinking is mapped, and costs nothing to look at. Of
/// any other, and of files, a copy is kept, which is read and never touched there: to
/// touch a page that has gone would end the program.
///
/// Context: any thread, one call at a time.
class SharedPicture final {
public:
    /// Errors: those of surface_over(); invalid_argument if the descriptor holds less, or
    /// is none that can be read at an offset; exhausted (memory).
    static Result<std::unique_ptr<SharedPicture>> open(UniqueFd fd, std::uint32_t offset,
                                                       const PictureLayout& layout);

    SharedPicture(const SharedPicture&) = delete;
    SharedPicture& operator=(const SharedPicture&) = delete;

    /// Its pixels change with the machine's if is_mapped(), otherwise with refresh().
    const std::shared_ptr<const ui::Surface>& surface() const { return surface_; }
    bool is_mapped() const { return copy_ == nullptr; }
    /// What lies in `rect` has changed; what lies outside of the picture is ignored.
    /// Errors: io, invalid_argument if the memory has shrunk.
    Result<void> refresh(const ui::Rect& rect);

private:
    SharedPicture(UniqueFd fd, std::uint32_t offset, const PictureLayout& layout)
        : fd_(std::move(fd)), offset_(offset), layout_(layout) {}
    Result<void> map(std::uint64_t bytes);
    Result<void> copy();

    UniqueFd fd_;
    std::uint32_t offset_;
    PictureLayout layout_;
    std::shared_ptr<const ui::Surface> surface_;
    std::shared_ptr<ui::Surface> copy_; // the same, if it is not mapped
};

} // namespace qio::dbus
