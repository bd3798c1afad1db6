// What the screens of the VNC benchmark show, frame by frame.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tests/bench/vnc/canvas.hpp"
#include "ui/rect.hpp"

namespace qio::bench {

/// Draws frames one after the other. Each frame differs from the one before it.
class Scene {
public:
    virtual ~Scene() = default;
    /// Draws the next frame; returns what an emulator would report as damaged.
    virtual std::vector<ui::Rect> draw_next() = 0;
};

struct SceneKind {
    const char* name;
    /// Draws what is there before the first frame. The canvas is kept.
    std::unique_ptr<Scene> (*make)(const Canvas& canvas);
};

/// text, window, web, video, game, idle, and mixed: text, window and video in turn.
std::span<const SceneKind> scenes();
const SceneKind& scene_named(const char* name);

} // namespace qio::bench
