// Fuzzes the frame decoder: any bytes, cut anywhere, against a slow decoder of its own.
//
// The first byte of the input chooses the role (1), whether text is accepted (2) and the
// size of the pieces (the rest); the other bytes are the stream.
#include <algorithm>
#include <string>

#include "io/websock/frame.hpp"
#include "io/websock/utf8.hpp"
#include "tests/fuzz/require.hpp"

using namespace qio;
using namespace qio::ws;
using fuzz::require;

namespace {

/// What a stream comes to: data as it is, control frames and the end between brackets.
struct Outcome {
    std::string data;
    std::string events;
    bool is_over = false;

    bool operator==(const Outcome&) const = default;
};

void add_event(Outcome& outcome, char kind, std::string_view payload) {
    outcome.events += '<';
    outcome.events += kind;
    outcome.events += std::to_string(outcome.data.size());
    outcome.events += ':';
    outcome.events.append(payload).append(">");
}

void add_end(Outcome& outcome, unsigned code) {
    add_event(outcome, '!', std::to_string(code));
    outcome.is_over = true;
}

/// A decoder as a channel would write it, on the functions under test.
class Decoder {
public:
    Decoder(Role role, AcceptText accept_text) : role_(role), rules_(accept_text) {}

    void feed(ByteView piece) {
        pending_.insert(pending_.end(), piece.begin(), piece.end());
        while (!outcome_.is_over && (in_frame_ ? payload() : header()))
            ;
    }

    const Outcome& outcome() const { return outcome_; }

private:
    bool header() {
        auto parsed = parse_frame_header(pending_, role_);
        if (!parsed) {
            add_end(outcome_, unsigned(parsed.error().code));
            return false;
        }
        if (!*parsed)
            return false;
        frame_ = **parsed;
        require(frame_.header_size <= max_frame_header, "a header has at most 14 bytes");
        require(frame_.length >> 63 == 0, "a length is below 2^63");
        drop(frame_.header_size);
        auto use = rules_.next(frame_);
        if (!use) {
            add_end(outcome_, unsigned(use.error().code));
            require(rules_.next(frame_) == FrameUse::ignore, "nothing after a violation");
            return false;
        }
        require(*use != FrameUse::ignore, "nothing is ignored before the end");
        in_frame_ = true;
        done_ = 0;
        return true;
    }

    bool payload() {
        auto left = frame_.length - done_;
        auto size = std::size_t(std::min<std::uint64_t>(left, pending_.size()));
        if (is_control(frame_.opcode) && size < left)
            return false;
        auto part = MutableBytes(pending_).first(size);
        unmask(part, frame_.mask, std::size_t(done_));
        done_ += size;
        if (is_control(frame_.opcode))
            control(part);
        else
            outcome_.data += as_text(part);
        drop(size);
        in_frame_ = done_ < frame_.length;
        return !in_frame_;
    }

    void control(ByteView payload) {
        if (frame_.opcode != Opcode::close)
            return add_event(outcome_, frame_.opcode == Opcode::ping ? 'p' : 'o',
                             as_text(payload));
        auto close = parse_close_payload(payload);
        if (!close)
            return add_end(outcome_, unsigned(close.error().code));
        add_event(outcome_, 'x', as_text(payload));
        outcome_.is_over = true;
        auto again =
            close->code ? make_close_payload(*close->code, close->reason) : Bytes();
        require(std::ranges::equal(again, payload),
                "a close payload survives its parsing");
    }

    void drop(std::size_t count) {
        pending_.erase(pending_.begin(), pending_.begin() + std::ptrdiff_t(count));
    }

    Role role_;
    FrameRules rules_;
    Bytes pending_;
    FrameHeader frame_;
    bool in_frame_ = false;
    std::uint64_t done_ = 0;
    Outcome outcome_;
};

bool reference_utf8(const std::string& text) {
    for (std::size_t i = 0; i < text.size();) {
        auto lead = std::uint8_t(text[i]);
        std::size_t more = lead < 0x80            ? 0
                           : lead >> 5 == 0b110   ? 1
                           : lead >> 4 == 0b1110  ? 2
                           : lead >> 3 == 0b11110 ? 3
                                                  : 9;
        if (more > 3 || i + more >= text.size())
            return false;
        std::uint32_t point = more ? lead & (0x3Fu >> more) : lead;
        for (std::size_t k = 1; k <= more; ++k) {
            if ((std::uint8_t(text[i + k]) & 0xC0) != 0x80)
                return false;
            point = point << 6 | (std::uint8_t(text[i + k]) & 0x3F);
        }
        const std::uint32_t least[] = {0, 0x80, 0x800, 0x10000};
        if (point < least[more] || point > 0x10FFFF || point >> 11 == 0x1B)
            return false;
        i += more + 1;
    }
    return true;
}

bool reference_code(unsigned code) {
    return (code >= 1000 && code < 5000) && code != 1004 && code != 1005 &&
           code != 1006 && (code < 1015 || code >= 3000);
}

/// The whole stream at once, from the tables of the protocol, sharing no code.
class Reference {
public:
    Reference(const std::string& stream, bool masks, bool accepts_text)
        : stream_(stream), masks_(masks), accepts_text_(accepts_text) {}

    Outcome run() {
        while (!outcome.is_over && frame())
            ;
        return outcome;
    }

private:
    bool has(std::size_t count) const { return stream_.size() - at_ >= count; }
    std::uint8_t byte(std::size_t index) const {
        return std::uint8_t(stream_[at_ + index]);
    }

    bool fail(unsigned code) {
        add_end(outcome, code);
        return false;
    }

    bool frame() {
        if (!has(1))
            return false;
        unsigned opcode = byte(0) % 16;
        bool is_control = opcode > 7;
        bool is_last = byte(0) > 127;
        if ((byte(0) / 16) % 8 != 0 || (opcode > 2 && opcode < 8) || opcode > 10 ||
            (is_control && !is_last))
            return fail(1002);
        if (!has(2))
            return false;
        if ((byte(1) > 127) != masks_ || (is_control && byte(1) % 128 > 125))
            return fail(1002);
        std::size_t extra = byte(1) % 128 == 127 ? 8 : byte(1) % 128 == 126 ? 2 : 0;
        if (extra == 8 && has(3) && byte(2) > 127)
            return fail(1002);
        if (extra == 8 && has(8) &&
            stream_.compare(at_ + 2, 6, std::string(6, '\0')) == 0)
            return fail(1002);
        if (!has(2 + extra))
            return false;
        std::uint64_t length = extra ? 0 : byte(1) % 128;
        for (std::size_t i = 0; i < extra; ++i)
            length = length * 256 + byte(2 + i);
        if (extra == 2 && length < 126)
            return fail(1002);
        auto head = 2 + extra + (masks_ ? 4 : 0);
        if (!has(head))
            return false;
        std::string key =
            masks_ ? stream_.substr(at_ + 2 + extra, 4) : std::string(4, '\0');
        if (!is_control) {
            if ((opcode == 0) != is_open_)
                return fail(1002);
            if (opcode == 1 && !accepts_text_)
                return fail(1003);
            is_open_ = !is_last;
        }
        at_ += head;
        return payload(opcode, length, key);
    }

    bool payload(unsigned opcode, std::uint64_t length, const std::string& key) {
        bool is_whole = stream_.size() - at_ >= length;
        if (opcode > 7 && !is_whole)
            return false;
        std::string text =
            stream_.substr(at_, is_whole ? std::size_t(length) : stream_.npos);
        for (std::size_t i = 0; i < text.size(); ++i)
            text[i] = char(text[i] ^ key[i % 4]);
        at_ += text.size();
        if (opcode == 8)
            return close(text);
        if (opcode < 8)
            outcome.data += text;
        else
            add_event(outcome, opcode == 9 ? 'p' : 'o', text);
        return is_whole;
    }

    bool close(const std::string& text) {
        if (text.size() == 1)
            return fail(1002);
        if (text.size() > 1 &&
            !reference_code(std::uint8_t(text[0]) * 256u + std::uint8_t(text[1])))
            return fail(1002);
        if (text.size() > 2 && !reference_utf8(text.substr(2)))
            return fail(1007);
        add_event(outcome, 'x', text);
        outcome.is_over = true;
        return false;
    }

    const std::string& stream_;
    bool masks_, accepts_text_;
    bool is_open_ = false;
    std::size_t at_ = 0;
    Outcome outcome;
};

Outcome decode(ByteView stream, Role role, AcceptText accept_text, std::size_t piece) {
    Decoder decoder(role, accept_text);
    while (!stream.empty()) {
        auto size = std::min(piece, stream.size());
        bool was_over = decoder.outcome().is_over;
        auto before = was_over ? decoder.outcome() : Outcome();
        decoder.feed(stream.first(size));
        require(!was_over || decoder.outcome() == before, "no output after the end");
        stream = stream.subspan(size);
    }
    return decoder.outcome();
}

void check_utf8(ByteView text, std::size_t piece) {
    std::string copy(as_text(text));
    Utf8Validator validator;
    for (std::size_t at = 0; at < text.size(); at += piece)
        validator.feed(text.subspan(at, std::min(piece, text.size() - at)));
    require(validator.is_complete() == reference_utf8(copy), "UTF-8 is what it is");
    auto good = valid_utf8_length(text);
    require(reference_utf8(copy.substr(0, good)), "the good front is good");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 4096)
        return 0;
    auto role = data[0] & 1 ? Role::client : Role::server;
    auto accept_text = data[0] & 2 ? AcceptText::yes : AcceptText::no;
    std::size_t piece = data[0] / 4 + 2;
    std::string copy(reinterpret_cast<const char*>(data) + 1, size - 1);
    auto stream = as_bytes(copy);

    auto expected =
        Reference(copy, role == Role::server, accept_text == AcceptText::yes).run();
    for (auto step : {stream.size() + 1, std::size_t{1}, piece})
        require(decode(stream, role, accept_text, step) == expected,
                "the pieces decode as the reference decodes the whole");
    check_utf8(stream, piece);
    return 0;
}
