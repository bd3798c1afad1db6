// An RFB client for the tests, written from the RFB text alone: it speaks over any
// channel, keeps the picture and a record of all it was sent, and notices what is wrong.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/core/watch.hpp"
#include "tests/support/decoders/client-picture.hpp"
#include "tests/support/rfb-messages.hpp"
#include "ui/surface.hpp"

namespace qio::test {

struct RfbRectangle {
    ui::Rect rect;
    int encoding = 0;
    bool is_picture() const {
        return (encoding >= 0 && encoding < rfb::last_pseudo_encodings) ||
               encoding == rfb::tight_png;
    }
};

/// One FramebufferUpdate.
struct RfbUpdate {
    std::vector<RfbRectangle> rectangles;

    std::size_t count(int encoding) const;
    std::size_t pictures() const;
    bool is_size_only() const;
};

struct RfbScreen {
    std::uint32_t id, flags;
    ui::Rect area;
    bool operator==(const RfbScreen&) const = default;
};

/// A DesktopSize or ExtendedDesktopSize rectangle.
struct RfbSize {
    int encoding, reason, status, width, height;
    std::vector<RfbScreen> screens;
};

struct RfbCursor {
    int hot_x, hot_y, width, height;
    Pixels pixels;
    std::vector<bool> opaque;
};

/// A rectangle that is neither a picture nor a size, nor the plain cursor or the name.
struct RfbNote {
    int encoding;
    ui::Rect rect;
    Bytes payload;
};

/// The client's end. Everything is done while the context is being run.
class RfbClient {
public:
    explicit RfbClient(std::shared_ptr<Channel> channel, GMainContext* context = nullptr);
    ~RfbClient() { close(); }
    RfbClient(const RfbClient&) = delete;
    RfbClient& operator=(const RfbClient&) = delete;

    // ---- bytes

    /// Queues bytes for the server, which are sent as it takes them.
    void send(ByteView bytes);
    bool is_sent() const { return output_.empty(); }
    /// Stops, or goes on with, reading.
    void pause() { reading_.reset(); }
    void resume();
    void close();
    /// The server has closed, or the channel failed.
    bool has_ended() const { return ended_; }
    /// Counts what comes and drops it unparsed from now on.
    void only_count() { counting_ = true; }
    std::size_t received() const { return received_; }
    /// Bytes that were received and not parsed or taken.
    const Bytes& input() const { return input_; }
    /// Waits for that many of them, and takes them; fewer if the server ends.
    Bytes take(std::size_t count);
    /// Waits until the server closes, and takes all it sent.
    Bytes take_to_end();
    /// Takes bytes as if they had come from the channel.
    void feed(ByteView bytes);
    /// Runs the context until `done`. False: too late, or the server ended before.
    bool wait_for(const std::function<bool()>& done);

    // ---- messages

    /// From the server's version to its ServerInit, all answers at once.
    bool shake_hands(std::string_view version = "RFB 003.008\n", bool shared = true);
    /// Parses what follows a ServerInit that was read some other way.
    void start(int width, int height);
    void set_pixel_format(const ui::PixelFormat& format);
    void set_encodings(std::initializer_list<int> encodings) {
        send(rfb::set_encodings(encodings));
    }
    void request(bool incremental) { request(incremental, {0, 0, width_, height_}); }
    void request(bool incremental, const ui::Rect& area) {
        send_requests(rfb::update_request(incremental, area), 1);
    }
    /// Bytes that hold so many requests.
    void send_requests(ByteView bytes, std::size_t count) {
        requests += count;
        send(bytes);
    }
    /// Asks, and waits for the answer.
    bool update(bool incremental);
    /// Sees the whole picture as it is now, or later; at most one update is on its way.
    bool sync();

    /// Asks again and again until it shows the surface; for when many updates may be on
    /// their way.
    bool comes_to_show(const ui::Surface& surface);

    // ---- what came

    int width() const { return width_; }
    int height() const { return height_; }
    const Pixels& picture() const { return picture_.canvas().pixels; }
    const RfbDecoder& decoder() const { return picture_.pixels(); }
    /// What was wrong with it; empty = nothing.
    const std::string& broken() const { return broken_; }
    /// Whether the picture is what a client of this format has to see of the surface.
    bool shows(const ui::Surface& surface) const;
    /// Updates with anything but a size.
    std::size_t answers() const { return answers_; }

    std::string name; ///< the latest
    Bytes server_init;
    std::vector<RfbUpdate> updates;
    std::vector<RfbSize> sizes;
    std::vector<RfbCursor> cursors;
    std::vector<RfbNote> notes;
    /// Messages of the extensions, and cut texts, as they came.
    std::vector<Bytes> messages;
    std::size_t names = 0, key_acks = 0, bells = 0, colour_maps = 0, requests = 0;

private:
    void on_readable();
    void on_writable();
    void fail(std::string what);
    void parse();
    bool parse_message();
    bool parse_colour_map();
    std::optional<std::size_t> message_size() const;
    bool parse_other();
    bool parse_update();
    bool parse_rectangle();
    bool parse_picture(const RfbRectangle& rectangle, ByteReader in);
    ByteView rest() const { return ByteView(input_).subspan(parsed_); }
    std::optional<std::size_t> payload_size(const RfbRectangle& rectangle,
                                            ByteView behind) const;
    void apply(const RfbRectangle& rectangle, ByteView payload);
    void take_size(const RfbRectangle& rectangle, ByteView payload);
    void take_cursor(const ui::Rect& rect, ByteView payload);
    void consume(std::size_t count);

    std::shared_ptr<Channel> channel_;
    GMainContext* const context_;
    Bytes input_, output_;
    std::size_t sent_ = 0, received_ = 0, answers_ = 0;
    bool ended_ = false, running_ = false, counting_ = false;
    std::string broken_;
    int width_ = 0, height_ = 0;
    ClientPicture picture_{0, 0, ui::server_native()};
    std::size_t parsed_ = 0; // bytes of the input
    // The update that is coming in, and how many of its rectangles are still to come.
    std::optional<RfbUpdate> update_;
    std::size_t rectangles_left_ = 0;
    Watch reading_, writing_;
};

} // namespace qio::test
