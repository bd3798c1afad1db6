// internal: a Deflater on zlib.
#pragma once

#include <zlib.h>

#include "ui/vnc/encodings/deflater.hpp"

namespace qio::vnc {

/// zlib keeps the address of its state, so the object neither copies nor moves.
///
/// Units/limits: about 280 KiB of memory, from the first begin() on.
class DeflaterZlib final : public Deflater {
public:
    DeflaterZlib() = default;
    ~DeflaterZlib() override;
    DeflaterZlib(const DeflaterZlib&) = delete;
    DeflaterZlib& operator=(const DeflaterZlib&) = delete;

    void begin(int level) override;
    void write(ByteView data, Bytes& out) override;
    void flush(Bytes& out) override;

private:
    void run(int flush, Bytes& out);

    z_stream stream_{};
    bool has_state_ = false;
    int level_ = 0;
};

} // namespace qio::vnc
