// A viewer as people use them: it decodes, answers fences and takes continuous updates.
#pragma once

#include <span>

#include "tests/bench/vnc/viewer.hpp"
#include "tests/support/rfb-client.hpp"

namespace qio::bench {

/// Context: the default one.
class LinkViewer {
public:
    explicit LinkViewer(UniqueFd socket);

    /// Ends the program if there is no handshake.
    void connect(const Wish& wish);
    /// Waits for news, a tenth of a second at most. Whether an update has ended.
    bool wait();
    /// Whether it shows these pixels; if the wish allows losses, nearly so.
    bool shows(std::span<const std::uint32_t> pixels) const;
    std::size_t received() const { return client_.received(); }
    int width() const { return client_.width(); }
    int height() const { return client_.height(); }

private:
    void answer(ByteView message);
    void answer_fence(ByteView message);
    bool is_near(std::span<const std::uint32_t> pixels, int x, int y) const;

    test::RfbClient client_;
    bool lossy_ = false;
    bool continuous_ = false;
};

} // namespace qio::bench
