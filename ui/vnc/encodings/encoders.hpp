// internal: which encodings there are, and one encoder of each.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "ui/vnc/encodings/encoder.hpp"
#include "ui/vnc/rfb/types.hpp"

namespace qio::vnc {

/// Whether there is an encoder of this number.
bool can_encode(Encoding encoding);

/// All of them.
std::vector<Encoding> encodings();

/// Whether no setting makes it show each pixel as it is.
bool is_always_lossy(Encoding encoding);

/// Whether rectangles of this encoding share one zlib stream of the connection, which
/// must be begun; see EncodeSettings::stream_begins.
bool has_stream(Encoding encoding);

/// Whose stream that is, of encodings that share one.
Encoding stream_of(Encoding encoding);

/// The encoders that one thread needs, made when they are first asked for.
class EncoderSet {
public:
    /// Requires: can_encode(encoding).
    Encoder& get(Encoding encoding);

private:
    std::array<std::unique_ptr<Encoder>, 16> made_; // one for each row of the table
};

} // namespace qio::vnc
