// A screen that changes for some seconds, and a viewer behind a slow link.
#pragma once

#include "tests/bench/links/network.hpp"
#include "tests/bench/vnc/scenes.hpp"
#include "tests/bench/vnc/server-kinds.hpp"
#include "tests/bench/vnc/viewer.hpp"

namespace qio::bench {

/// How a burst reached the viewer.
struct Outcome {
    double current = 0; ///< from the last change until the viewer shows it, in ms
    double bytes = 0;   ///< that came meanwhile, from the first change on
    double updates = 0; ///< likewise
};

/// Plays some seconds of the scene, 30 frames in each, to a server with one viewer, which
/// decodes what it gets, answers fences and takes continuous updates. With a wish that
/// allows losses the viewer is content when no part of the picture is far from what it
/// should be. Ends the program if the viewer never gets there.
Outcome play_burst(const Network& network, const ServerKind& server,
                   const SceneKind& scene, const Wish& wish);

} // namespace qio::bench
