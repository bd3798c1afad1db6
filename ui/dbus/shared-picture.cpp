// internal: a picture in memory that the machine shares with us by a descriptor.
#include "ui/dbus/shared-picture.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

namespace qio::dbus {

namespace {

/// Its magic number; 0: none.
long file_system_of(int fd) {
    struct statfs system;
    return fstatfs(fd, &system) == 0 ? long(system.f_type) : 0;
}

/// Whether every page is there, and stays. Huge pages may be missing even so.
bool keeps_its_pages(int fd) {
    const int seals = fcntl(fd, F_GET_SEALS);
    return seals >= 0 && (seals & F_SEAL_SHRINK) != 0 &&
           file_system_of(fd) == TMPFS_MAGIC;
}

/// Not so is a file, which takes as long to read as whoever serves it likes.
bool is_memory(int fd, const struct stat& status) {
    const auto system = file_system_of(fd);
    return S_ISREG(status.st_mode) &&
           (system == TMPFS_MAGIC || system == HUGETLBFS_MAGIC);
}

Result<void> check_memory(int fd, std::uint64_t end) {
    struct stat status;
    if (fstat(fd, &status) != 0)
        return Error::from_errno(errno, "shared picture");
    if (!is_memory(fd, status))
        return Error{ErrorKind::invalid_argument, 0, "shared picture is not in memory"};
    if (std::uint64_t(status.st_size) < end)
        return Error{ErrorKind::invalid_argument, 0,
                     "shared picture of " + std::to_string(end) + " bytes in " +
                         std::to_string(status.st_size)};
    return {};
}

Result<void> read_at(int fd, std::byte* to, std::size_t size, std::uint64_t offset) {
    while (size > 0) {
        const ssize_t count = pread(fd, to, size, off_t(offset));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return Error::from_errno(errno, "shared picture");
        if (count == 0)
            return Error{ErrorKind::invalid_argument, 0, "shared picture has shrunk"};
        to += count;
        size -= std::size_t(count);
        offset += std::uint64_t(count);
    }
    return {};
}

} // namespace

Result<std::unique_ptr<SharedPicture>>
SharedPicture::open(UniqueFd fd, std::uint32_t offset, const PictureLayout& layout) {
    const std::uint64_t bytes = QIO_TRY(picture_bytes(layout));
    // In this order: what is sealed keeps the size that it has from here on.
    const bool can_be_mapped = keeps_its_pages(fd.get());
    QIO_TRY(check_memory(fd.get(), offset + bytes));
    auto picture =
        std::unique_ptr<SharedPicture>(new SharedPicture(std::move(fd), offset, layout));
    if (can_be_mapped)
        QIO_TRY(picture->map(bytes));
    else
        QIO_TRY(picture->copy());
    return picture;
}

Result<void> SharedPicture::map(std::uint64_t bytes) {
    const auto into_page = std::size_t(offset_) % std::size_t(sysconf(_SC_PAGESIZE));
    const std::size_t length = into_page + std::size_t(bytes);
    void* start = mmap(nullptr, length, PROT_READ, MAP_SHARED, fd_.get(),
                       off_t(offset_ - into_page));
    if (start == MAP_FAILED)
        return Error::from_errno(errno, "shared picture");
    std::shared_ptr<void> mapping(start, [length](void* at) { munmap(at, length); });
    surface_ = QIO_TRY(ui::Surface::wrap(
        int(layout_.width), int(layout_.height), int(layout_.stride),
        pixman_format_code_t(layout_.format), static_cast<std::byte*>(start) + into_page,
        std::move(mapping)));
    return {};
}

Result<void> SharedPicture::copy() {
    copy_ = QIO_TRY(ui::Surface::create(int(layout_.width), int(layout_.height),
                                        pixman_format_code_t(layout_.format)));
    surface_ = copy_;
    return refresh(copy_->bounds());
}

Result<void> SharedPicture::refresh(const ui::Rect& rect) {
    if (is_mapped())
        return {};
    const auto part = ui::intersect(rect, copy_->bounds());
    const std::size_t pixel = PIXMAN_FORMAT_BPP(layout_.format) / 8;
    const std::size_t before = std::size_t(part.x) * pixel;
    for (int y = part.y; y < part.bottom(); ++y)
        QIO_TRY(read_at(fd_.get(), copy_->row(y) + before,
                        std::size_t(part.width) * pixel,
                        offset_ + std::uint64_t(y) * layout_.stride + before));
    return {};
}

} // namespace qio::dbus
