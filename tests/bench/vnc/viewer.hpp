// A VNC client that asks, counts and throws away.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "io/base/bytes.hpp"
#include "io/base/unique-fd.hpp"
#include "io/core/channel.hpp"
#include "ui/rect.hpp"
#include "ui/vnc/rfb/types.hpp"

namespace qio::bench {

/// What a client wants to be sent.
struct Wish {
    const char* name;
    vnc::Encoding encoding;
    int compression = 1;       ///< level 0 … 9
    std::optional<int> jpeg{}; ///< quality level 0 … 9, which servers take as they like
    std::optional<int> fine{}; ///< JPEG's own quality 0 … 100, with 4:2:0
};

/// One update that has come.
struct Update {
    std::uint64_t bytes = 0;
    std::vector<ui::Rect> rects;
};

/// Speaks RFB 3.8 on a blocking channel, with pixels 0x00RRGGBB in little-endian order.
/// Knows where the rectangles of an update end, and does not decode them. Ends the
/// program when a server says what it does not understand, or nothing for seconds.
class Viewer {
public:
    explicit Viewer(std::shared_ptr<Channel> channel);
    /// Over TCP alone.
    explicit Viewer(UniqueFd socket);
    /// The handshake, and the wish. Requires: the server offers the type "none".
    void connect(const Wish& wish);
    void request(bool incremental);
    /// Waits for an update; false if there is none in time.
    bool receive(Update& update, int milliseconds);

    int width() const { return width_; }
    int height() const { return height_; }

private:
    void send(std::span<const std::byte> bytes);
    bool wait(int milliseconds);
    void fill();
    void take(std::byte* to, std::size_t count);
    void skip(std::size_t count);
    template <class Number>
    Number take_number();
    std::size_t take_compact();
    void skip_rect(const ui::Rect& rect, vnc::Encoding encoding);
    void skip_hextile(const ui::Rect& rect);
    void skip_tight(const ui::Rect& rect);
    void skip_tight_basic(const ui::Rect& rect, bool has_filter);

    std::shared_ptr<Channel> channel_;
    int width_ = 0;
    int height_ = 0;
    std::uint64_t taken_ = 0; // bytes since the connection began
    Bytes buffer_;
    std::size_t begin_ = 0; // of what was read and not taken
    std::size_t end_ = 0;
};

/// The encodings that are measured. "jpeg" is the same picture from every server,
/// "jpeg 6" what viewers ask for.
std::span<const Wish> wishes();

} // namespace qio::bench
