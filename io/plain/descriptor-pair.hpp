// internal: the descriptors of a channel: one for both directions, or one for each.
#pragma once

#include "io/plain/descriptor.hpp"

namespace qio {

/// Moves bytes through one descriptor or two; either of two may be missing.
class DescriptorPair {
public:
    /// What a direction gives up: to be closed once no watch polls it any more.
    struct Detached {
        Descriptor reader, writer;
    };

    explicit DescriptorPair(Descriptor both) : reader_(std::move(both)), shared_(true) {}
    DescriptorPair(Descriptor reader, Descriptor writer)
        : reader_(std::move(reader)), writer_(std::move(writer)) {}

    /// The one descriptor for both directions; null if there are two.
    const Descriptor* single() const { return shared_ ? &reader_ : nullptr; }
    const Descriptor& reader() const { return reader_; }
    const Descriptor& writer() const { return shared_ ? reader_ : writer_; }

    /// Missing from the start: not_supported. Detached: end of stream.
    IoResult readv(std::span<const iovec> buffers) const;
    /// Missing from the start: not_supported. Detached: disconnected.
    IoResult writev(std::span<const iovec> buffers) const;
    Interest interest(Condition asked) const;
    Result<void> set_blocking(Blocking blocking) const;

    /// Ends a direction. Requires: there are two descriptors.
    Detached detach(Direction direction);
    /// Closes what there is, and reports the first failure.
    Result<void> close();

private:
    Descriptor reader_;
    Descriptor writer_;
    bool shared_ = false;
    bool reading_ended_ = false;
    bool writing_ended_ = false;
};

} // namespace qio
