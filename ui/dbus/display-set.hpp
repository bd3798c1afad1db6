// internal: all displays of a machine, for what belongs to none of them alone.
#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

#include "ui/display.hpp"

namespace qio::dbus {

/// Context: any thread.
class DisplaySet final {
public:
    void add(std::shared_ptr<ui::Display> display) {
        const std::lock_guard lock(mutex_);
        displays_.push_back(std::move(display));
    }

    /// Calls `function` with each display, which must be quick.
    template <class Function>
    void for_each(Function function) const {
        const std::lock_guard lock(mutex_);
        for (const auto& display : displays_)
            function(*display);
    }

    bool any_of(bool (*predicate)(const ui::Display&)) const {
        const std::lock_guard lock(mutex_);
        return std::ranges::any_of(
            displays_, [&](const auto& display) { return predicate(*display); });
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<ui::Display>> displays_;
};

} // namespace qio::dbus
