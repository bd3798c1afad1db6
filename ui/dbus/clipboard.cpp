// internal: the clipboard that the machine and its viewers share.
#include "ui/dbus/clipboard.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "ui/dbus/names.hpp"
#include "ui/dbus/properties.hpp"

namespace qio::dbus {

namespace {

constexpr char text_type[] = "text/plain;charset=utf-8";
constexpr std::uint32_t clipboard_selection = 0;

GVariant* text_types() {
    const char* const types[] = {text_type};
    return g_variant_new_strv(types, 1);
}

bool has_text_type(GVariant* types) {
    gsize count = 0;
    const Handle<const char*, &g_free> all(g_variant_get_strv(types, &count));
    return std::ranges::any_of(all.get(), all.get() + count, [](const char* type) {
        return std::string_view(type) == text_type;
    });
}

} // namespace

/// The object that the machine calls, in GDBus's thread.
class Clipboard::Ours final : public CallHandler {
public:
    explicit Ours(std::shared_ptr<DisplaySet> displays)
        : displays_(std::move(displays)) {}

    std::optional<Answer> answer(const Call& call) override;

    /// The serial number of the grab by which our text is offered to that machine; empty:
    /// there is no such text.
    std::optional<std::uint32_t> begin(std::string machine) {
        const std::lock_guard lock(mutex_);
        machine_ = std::move(machine);
        serial_ = 0;
        if (!is_ours_)
            return std::nullopt;
        return ++serial_;
    }
    /// The serial number of our grab.
    std::uint32_t grab(std::string text) {
        const std::lock_guard lock(mutex_);
        text_ = std::move(text);
        is_ours_ = true;
        return ++serial_;
    }
    bool has_text() const {
        const std::lock_guard lock(mutex_);
        return is_ours_;
    }
    /// Changes with everything that the machine says of its text.
    std::uint64_t theirs() const {
        const std::lock_guard lock(mutex_);
        return theirs_;
    }
    /// Gives viewers that text of the machine's, if there is no newer one.
    void bring(std::uint64_t theirs, const std::string& text) {
        const std::lock_guard lock(mutex_);
        if (is_ours_ || theirs != theirs_)
            return;
        // What is too long, or no text, nobody gets.
        displays_->for_each(
            [&](ui::Display& display) { (void)display.set_clipboard(text); });
    }

private:
    Answer clipboard_call(const Call& call);
    void grabbed(const Call& call);
    void released(const Call& call);
    Answer request(const Call& call) const;

    const std::shared_ptr<DisplaySet> displays_;
    mutable std::mutex mutex_; // guards all below
    std::string machine_;
    std::string text_;
    bool is_ours_ = false;
    std::uint32_t serial_ = 0;
    std::uint64_t theirs_ = 0;
};

std::optional<Answer> Clipboard::Ours::answer(const Call& call) {
    const std::lock_guard lock(mutex_);
    // Others may call us on a bus, but it is none of their business.
    if (call.path != names::clipboard_path || call.sender != machine_)
        return std::nullopt;
    if (call.interface == names::properties)
        return answer_properties(call, names::clipboard, {});
    if (call.interface == names::clipboard)
        return clipboard_call(call);
    return std::nullopt;
}

Answer Clipboard::Ours::clipboard_call(const Call& call) {
    if (call.is("Grab", "(uuas)"))
        grabbed(call);
    else if (call.is("Release", "(u)"))
        released(call);
    else if (call.is("Register", "()"))
        serial_ = 0;
    else if (call.is("Request", "(uas)"))
        return request(call);
    else if (!call.is("Unregister", "()"))
        return unknown_method(call);
    return Answer::none();
}

void Clipboard::Ours::grabbed(const Call& call) {
    std::uint32_t selection, serial;
    GVariant* types = nullptr;
    g_variant_get(call.arguments, "(uu@as)", &selection, &serial, &types);
    const VariantRef owned(types);
    // Of two grabs with one number, ours counts.
    if (selection != clipboard_selection || serial <= serial_)
        return;
    serial_ = serial;
    ++theirs_;
    is_ours_ = false;
    text_.clear();
    const bool is_text = has_text_type(types);
    displays_->for_each([is_text](ui::Display& display) {
        if (is_text)
            display.announce_clipboard();
        else
            (void)display.set_clipboard({});
    });
}

void Clipboard::Ours::released(const Call& call) {
    std::uint32_t selection;
    g_variant_get(call.arguments, "(u)", &selection);
    if (selection != clipboard_selection || is_ours_)
        return;
    ++theirs_;
    displays_->for_each([](ui::Display& display) { (void)display.set_clipboard({}); });
}

Answer Clipboard::Ours::request(const Call& call) const {
    std::uint32_t selection;
    GVariant* types = nullptr;
    g_variant_get(call.arguments, "(u@as)", &selection, &types);
    const VariantRef owned(types);
    if (selection != clipboard_selection || !is_ours_ || !has_text_type(types))
        return Answer::error(names::error_failed, "there is no such text");
    return Answer::of(g_variant_new(
        "(s@ay)", text_type,
        g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, text_.data(), text_.size(), 1)));
}

Clipboard::Clipboard(std::shared_ptr<DisplaySet> displays,
                     std::chrono::milliseconds retry_after)
    : displays_(std::move(displays)), ours_(std::make_shared<Ours>(displays_)),
      grabs_([this](std::uint32_t serial) { send_grab(serial); }),
      retry_after_(retry_after) {}

Clipboard::~Clipboard() = default;

void Clipboard::attach(Remote& remote) {
    remote_ = &remote;
    is_asking_ = asks_again_ = false;
    filter_ = std::make_unique<CallFilter>(remote.connection(), ours_);
    take_part();
}

void Clipboard::take_part() {
    grabs_.clear();
    const auto serial = ours_->begin(remote_->name());
    remote_->call(names::clipboard_path, names::clipboard, "Register", nullptr,
                  [this](const Result<VariantRef>& reply) {
                      // Somebody else takes part, and may leave.
                      if (!reply)
                          again_ = Timer(retry_after_, [this] { take_part(); });
                  });
    if (serial)
        grabs_.push(*serial);
}

void Clipboard::detach() {
    again_.reset();
    filter_.reset();
    remote_ = nullptr;
    if (!ours_->has_text())
        displays_->for_each(
            [](ui::Display& display) { (void)display.set_clipboard({}); });
}

void Clipboard::set_text(std::string utf8) {
    const auto serial = ours_->grab(std::move(utf8));
    if (remote_)
        grabs_.push(serial);
}

void Clipboard::send_grab(std::uint32_t serial) {
    remote_->call(names::clipboard_path, names::clipboard, "Grab",
                  g_variant_new("(uu@as)", clipboard_selection, serial, text_types()),
                  [this](const Result<VariantRef>&) { grabs_.answered(); });
}

void Clipboard::want_text() {
    if (!remote_)
        return;
    if (is_asking_)
        asks_again_ = ours_->theirs() != asked_for_;
    else
        ask();
}

void Clipboard::ask() {
    is_asking_ = true;
    asked_for_ = ours_->theirs();
    remote_->call(names::clipboard_path, names::clipboard, "Request",
                  g_variant_new("(u@as)", clipboard_selection, text_types()),
                  [this](Result<VariantRef> reply) { receive(std::move(reply)); });
}

void Clipboard::receive(Result<VariantRef> reply) {
    is_asking_ = false;
    if (reply && g_variant_is_of_type(reply->get(), G_VARIANT_TYPE("(say)")))
        ours_->bring(asked_for_, std::string(as_text(bytes_of(reply->get(), 1))));
    if (std::exchange(asks_again_, false))
        ask();
}

} // namespace qio::dbus
