// Pictures in the machine's memory: sealed, not sealed, too small, and no memory at all.
#include "ui/dbus/shared-picture.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <utility>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::dbus;

namespace {

/// What another process does right after ours has looked at the size of a file.
std::function<void()> after_fstat;

} // namespace

/// Takes the place of the C library's.
extern "C" int fstat(int fd, struct stat* status) noexcept {
    const int result = fstatat(fd, "", status, AT_EMPTY_PATH);
    if (const auto then = std::exchange(after_fstat, nullptr))
        then();
    return result;
}

namespace {

constexpr PictureLayout two_by_two{2, 2, 8, PIXMAN_x8r8g8b8};

enum class Sealed : bool { no, yes };

UniqueFd memory_of(std::size_t bytes, Sealed sealed) {
    UniqueFd fd(memfd_create("picture", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    const int sized = ftruncate(fd.get(), off_t(bytes));
    const int done =
        sealed == Sealed::yes ? fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK) : 0;
    return sized == 0 && done == 0 ? std::move(fd) : UniqueFd();
}

void put(const UniqueFd& fd, off_t offset, std::uint32_t pixel) {
    const auto written = pwrite(fd.get(), &pixel, sizeof pixel, offset);
    (void)written; // what was not written is not found by the test
}

std::uint32_t pixel_at(const SharedPicture& picture, int x, int y) {
    std::uint32_t scratch = 0;
    return picture.surface()->read_row(x, y, 1, &scratch)[0];
}

void maps_only_what_cannot_shrink(void**) {
    for (const Sealed sealed : {Sealed::no, Sealed::yes}) {
        auto fd = memory_of(16, sealed);
        assert_true(bool(fd));
        const UniqueFd ours(dup(fd.get()));
        put(ours, 12, 0x112233);
        auto picture = SharedPicture::open(std::move(fd), 0, two_by_two);
        assert_true(picture.has_value());
        assert_int_equal((*picture)->is_mapped(), sealed == Sealed::yes);
        assert_int_equal(pixel_at(**picture, 1, 1), 0x112233);

        put(ours, 0, 0x445566);
        put(ours, 12, 0x778899);
        assert_true((*picture)->refresh({1, 1, 5, 5}).has_value());
        assert_int_equal(pixel_at(**picture, 0, 0), sealed == Sealed::yes ? 0x445566 : 0);
        assert_int_equal(pixel_at(**picture, 1, 1), 0x778899);
    }
}

void begins_at_any_offset(void**) {
    for (const Sealed sealed : {Sealed::no, Sealed::yes}) {
        for (const std::uint32_t offset : {0u, 4u, 4092u, 4096u, 10000u}) {
            auto fd = memory_of(offset + 16, sealed);
            put(fd, off_t(offset) + 4, 0xABCDEF);
            const auto picture = SharedPicture::open(std::move(fd), offset, two_by_two);
            assert_true(picture.has_value());
            assert_int_equal(pixel_at(**picture, 1, 0), 0xABCDEF);
        }
    }
}

void refuses_memory_that_is_too_small(void**) {
    for (const Sealed sealed : {Sealed::no, Sealed::yes}) {
        assert_false(
            SharedPicture::open(memory_of(15, sealed), 0, two_by_two).has_value());
        assert_false(
            SharedPicture::open(memory_of(16, sealed), 1, two_by_two).has_value());
        assert_false(SharedPicture::open(memory_of(16, sealed), 0xFFFFFFFF, two_by_two)
                         .has_value());
        const PictureLayout wide{2, 2, 0x7FFFFFFF, PIXMAN_x8r8g8b8};
        assert_false(SharedPicture::open(memory_of(16, sealed), 0, wide).has_value());
        const PictureLayout unknown{2, 2, 8, 7};
        assert_false(SharedPicture::open(memory_of(16, sealed), 0, unknown).has_value());
    }
}

void refuses_descriptors_that_are_no_memory(void**) {
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    const UniqueFd other(ends[1]);
    assert_false(SharedPicture::open(UniqueFd(ends[0]), 0, two_by_two).has_value());
    assert_false(SharedPicture::open(UniqueFd(open("/dev/zero", O_RDONLY | O_CLOEXEC)), 0,
                                     two_by_two)
                     .has_value());
    assert_false(SharedPicture::open(UniqueFd(), 0, two_by_two).has_value());
    // A file, which may take as long as it likes.
    const auto file = SharedPicture::open(
        UniqueFd(open("/proc/self/maps", O_RDONLY | O_CLOEXEC)), 0, two_by_two);
    assert_false(file.has_value());
    assert_string_equal(file.error().message.c_str(), "shared picture is not in memory");
}

void survives_memory_that_shrinks(void**) {
    auto fd = memory_of(16, Sealed::no);
    const UniqueFd ours(dup(fd.get()));
    const auto picture = SharedPicture::open(std::move(fd), 0, two_by_two);
    assert_true(picture.has_value());
    assert_int_equal(ftruncate(ours.get(), 0), 0);
    assert_false((*picture)->refresh({0, 0, 2, 2}).has_value());
    assert_int_equal(pixel_at(**picture, 1, 1), 0);
}

// To touch it would end the program.
void maps_no_memory_that_is_sealed_after_it_has_shrunk(void**) {
    auto fd = memory_of(16, Sealed::no);
    const UniqueFd ours(dup(fd.get()));
    int done = -1;
    after_fstat = [&] {
        done = ftruncate(ours.get(), 0) + fcntl(ours.get(), F_ADD_SEALS, F_SEAL_SHRINK);
    };
    assert_false(SharedPicture::open(std::move(fd), 0, two_by_two).has_value());
    assert_int_equal(done, 0);
}

// A guest's memory may lie in huge pages, of which there are none left when they are
// looked at; where there are none at all, nothing can be shown.
void copies_huge_pages(void**) {
    constexpr std::size_t page = 2 << 20;
    UniqueFd fd(memfd_create("picture", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB));
    if (!fd || ftruncate(fd.get(), page) != 0 ||
        fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK) != 0)
        skip();
    const auto picture = SharedPicture::open(std::move(fd), 0, two_by_two);
    assert_true(picture.has_value());
    assert_false((*picture)->is_mapped());
    assert_int_equal(pixel_at(**picture, 1, 1), 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(maps_only_what_cannot_shrink),
        cmocka_unit_test(begins_at_any_offset),
        cmocka_unit_test(refuses_memory_that_is_too_small),
        cmocka_unit_test(refuses_descriptors_that_are_no_memory),
        cmocka_unit_test(survives_memory_that_shrinks),
        cmocka_unit_test(maps_no_memory_that_is_sealed_after_it_has_shrunk),
        cmocka_unit_test(copies_huge_pages),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
