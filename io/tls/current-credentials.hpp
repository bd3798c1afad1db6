// internal: the credentials for the next session, replaced while others use them.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "io/tls/loaded-credentials.hpp"

namespace qio::tls {

/// Context: any thread.
class CurrentCredentials {
public:
    std::shared_ptr<const LoadedCredentials> get() const {
        const std::lock_guard lock(mutex_);
        return current_;
    }

    /// Takes what `load` gives, a Result<shared_ptr<const LoadedCredentials>>; a failure
    /// changes nothing. One at a time, so that the last one to read is the last one kept.
    template <class Load>
    Result<void> renew(const Load& load) {
        const std::lock_guard turn(renewing_);
        auto loaded = QIO_TRY(load());
        const std::lock_guard lock(mutex_);
        std::swap(current_, loaded);
        return {};
    }

private:
    std::mutex renewing_; // taken before mutex_
    mutable std::mutex mutex_;
    std::shared_ptr<const LoadedCredentials> current_;
};

} // namespace qio::tls
