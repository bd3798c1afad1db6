// Decides who may come by the rules in a file, and by its latest version.
#pragma once

#include <memory>
#include <string>

#include "io/tls/authorization.hpp"

namespace qio {

/// Whether a file is read again when it has changed.
enum class Refresh : bool { no, yes };

/// A JSON file:
///
///     {"policy": "deny", "rules": [
///       {"match": "CN=alice,O=Example", "policy": "allow"},
///       {"match": "*,O=Example", "policy": "allow", "format": "glob"}]}
///
/// The first rule that matches decides, the policy if none does ("deny" unless it says
/// otherwise). Units/limits: 1 MiB, 2000 objects and lists.
/// Context: any thread.
class QIO_API AuthorizationListFile final : public Authorization {
public:
    /// Errors: not_found and what else the system says about the file; invalid_argument,
    /// limit for what is in it. Each names the file.
    static Result<std::shared_ptr<AuthorizationListFile>>
    create(std::string path, Refresh refresh = Refresh::yes);
    ~AuthorizationListFile() override;

    /// Looks first whether the file has changed (one stat), and reads it if it has. To
    /// change it under readers, write another one and rename it.
    /// Errors: those of create(): while the file is gone or wrong, nobody is allowed.
    Result<bool> is_allowed(std::string_view identity) const override;

private:
    class State;
    explicit AuthorizationListFile(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

} // namespace qio
