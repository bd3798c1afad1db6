// internal: notices what a call changes in what a connection waits for.
#pragma once

#include "io/websock/connection.hpp"

namespace qio::ws {

/// Tells of a change when it goes out of scope.
struct Connection::Changes {
    explicit Changes(Connection& of) : connection(of), before(of.signature()) {}
    ~Changes() {
        if (connection.signature() != before)
            connection.changed_();
    }
    Changes(const Changes&) = delete;
    Changes& operator=(const Changes&) = delete;

    Connection& connection;
    const Signature before;
};

} // namespace qio::ws
