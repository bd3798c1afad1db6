// A channel that swallows what is written and has nothing to read.
#include "io/plain/channel-null.hpp"

namespace qio {

std::shared_ptr<ChannelNull> ChannelNull::create() {
    return std::shared_ptr<ChannelNull>(new ChannelNull);
}

Interest ChannelNull::do_interest(Condition asked) const {
    return {.ready = asked & (Condition::in | Condition::out), .entries = {}};
}

} // namespace qio
