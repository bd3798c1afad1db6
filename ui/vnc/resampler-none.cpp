// Sound of another rate, in builds without a library for it.
#include "ui/vnc/resampler.hpp"

namespace qio::vnc {

Result<std::unique_ptr<Resampler>> create_rate_converter(const ui::AudioFormat&,
                                                         const ui::AudioFormat&) {
    return Error{ErrorKind::not_supported, 0, "built without audio resampling"};
}

} // namespace qio::vnc
