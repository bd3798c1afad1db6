// How the picture of a display is spread over screens.
#include "ui/screens.hpp"

#include <algorithm>
#include <string>

namespace qio::ui {

namespace {

// The id of the one screen there is. Not 0: a client that has not heard of a screen yet
// may have that one in its place, and then does not ask for another size.
constexpr std::uint32_t only_screen = 1;

} // namespace

ScreenLayout ScreenLayout::one(int width, int height) {
    return {
        width, height, {{.id = only_screen, .area = {0, 0, width, height}, .flags = 0}}};
}

Result<void> check(const ScreenLayout& layout) {
    const auto& screens = layout.screens;
    if (screens.size() > max_screens)
        return Error{ErrorKind::limit, 0, std::to_string(screens.size()) + " screens"};
    if (screens.empty())
        return Error{ErrorKind::invalid_argument, 0, "no screen"};
    const Rect all{0, 0, layout.width, layout.height};
    for (const auto& screen : screens) {
        const auto name = "screen " + std::to_string(screen.id);
        if (screen.area.empty() || !all.contains(screen.area))
            return Error{ErrorKind::invalid_argument, 0,
                         name + " is empty or not inside the picture"};
        if (std::ranges::count(screens, screen.id, &Screen::id) > 1)
            return Error{ErrorKind::invalid_argument, 0, name + " is there twice"};
    }
    return {};
}

bool fulfils(const ScreenLayout& shown, const ScreenLayout& wish) {
    const auto same = [](const Screen& a, const Screen& b) {
        return a.id == b.id && a.area == b.area;
    };
    if (shown.width != wish.width || shown.height != wish.height)
        return false;
    if (shown.screens.size() == 1 && wish.screens.size() == 1)
        return shown.screens[0].area == wish.screens[0].area;
    return std::ranges::is_permutation(shown.screens, wish.screens, same);
}

} // namespace qio::ui
