// internal: what one client was sent.
#pragma once

#include "ui/vnc/encode-job.hpp"
#include "ui/vnc/flow-control.hpp"
#include "ui/vnc/server-info.hpp"

namespace qio::vnc {

/// Counts updates with pixels, and what they would have been without an encoding.
class TrafficMeter {
public:
    /// This is being encoded.
    void begun(const EncodeJob& job);
    /// It is on its way.
    void sent();

    ClientTraffic traffic(std::uint64_t sent_bytes, const FlowControl& flow) const;

private:
    ClientTraffic total_;
    Encoding encoding_ = Encoding::Raw; // of the job
    std::uint64_t raw_bytes_ = 0;
};

} // namespace qio::vnc
