// What one client was sent.
#include "ui/vnc/traffic-meter.hpp"

namespace qio::vnc {

void TrafficMeter::begun(const EncodeJob& job) {
    encoding_ = job.encoding;
    raw_bytes_ = std::uint64_t(job.area()) * job.settings.format.bits_per_pixel / 8;
}

void TrafficMeter::sent() {
    total_.encoding = std::int32_t(encoding_);
    total_.updates += 1;
    total_.raw_bytes += raw_bytes_;
}

ClientTraffic TrafficMeter::traffic(std::uint64_t sent_bytes,
                                    const FlowControl& flow) const {
    auto traffic = total_;
    traffic.sent_bytes = sent_bytes;
    traffic.bytes_under_way = flow.under_way();
    if (flow.delay())
        traffic.delay =
            std::chrono::duration_cast<std::chrono::microseconds>(*flow.delay());
    if (flow.rate() > 0)
        traffic.bytes_per_second = std::uint64_t(flow.rate());
    return traffic;
}

} // namespace qio::vnc
