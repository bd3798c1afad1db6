// A machine on D-Bus as a display's clients see it, with faults on demand; in its own
// thread.
#pragma once

#include <gio/gio.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "io/base/unique-fd.hpp"
#include "io/core/context.hpp"
#include "ui/dbus/variant.hpp"

namespace qio::test {

/// What of the interface there is: as in QEMU 7.2, or as in 10.2.
enum class Generation : std::uint8_t { v7_2, v10_2 };

/// The descriptor that came with a message.
UniqueFd descriptor_of(GDBusMessage* message);
/// A dictionary a{sv}, from its text.
dbus::VariantRef dictionary_of(const char* text);

/// Takes calls and remembers them, and does for each listener what a machine does: it is
/// the server of the handshake, asks for the listener's properties, and waits for both.
///
/// Context: any thread. What it waits for it waits for in threads of its own.
class FakeMachine {
public:
    /// It has a console "VGA", a clipboard and sound.
    explicit FakeMachine(Generation generation = Generation::v10_2);
    ~FakeMachine();
    FakeMachine(const FakeMachine&) = delete;
    FakeMachine& operator=(const FakeMachine&) = delete;

    /// Comes to a bus under a name, or to a client with the other end of a socket.
    void join_bus(const std::string& address, const std::string& name = "org.qemu");
    void meet(UniqueFd socket);
    /// Goes, as a machine that ends.
    void leave();

    /// What it has, before it comes.
    void add_console(std::uint32_t index, const std::string& label,
                     std::uint32_t head = 0, const std::string& type = "Graphic",
                     std::uint32_t width = 640);
    /// The same once it is there: it tells of it.
    void plug_console(std::uint32_t index, const std::string& label, std::uint32_t width);
    void remove_object(const std::string& path) { objects_.erase(path); }
    /// Calls to that method are obeyed, and not answered before release().
    void withhold(const std::string& method);
    /// Calls to that method are remembered, and answered with an error.
    void refuse(const std::string& method, const std::string& error);
    /// Sends all answers that were withheld, or that error instead. Nothing is withheld
    /// or refused any more.
    void release(const std::string& error = {});
    /// Goes away, without an answer, as soon as that method is called ("Press"), or that
    /// of an object ("Chardev_serial0 Register"); once.
    void hang_up_at(const std::string& call);
    /// The oldest answer that was withheld becomes that error.
    void refuse_oldest(const std::string& error);

    /// Sets a property, and tells of it.
    void set(const std::string& path, const std::string& interface,
             const std::string& name, GVariant* value);
    /// Takes an object away, and gives it back.
    void unplug(const std::string& path);
    void plug(const std::string& path);
    /// The calls so far, as "Console_0 Press(30,)": the end of the path, method,
    /// arguments.
    std::vector<std::string> calls(std::string_view method = {}) const;

    /// The listeners that are registered by now: of consoles, of sound.
    bool has_listener(const std::string& console = "Console_0") const;
    /// Waits for one, without anybody's main context.
    bool wait_for_listener(const std::string& console = "Console_0");
    /// How a listener came to be there.
    struct Registered {
        /// From its registration to the answer for its properties.
        std::chrono::milliseconds took{};
        /// What it answered when it was asked for them.
        std::string properties{};
    };
    Registered registered(const std::string& key = "Console_0") const;
    int registrations() const;

    /// Sends a call to a listener that nobody answers.
    void tell(const char* method, GVariant* arguments,
              const std::string& console = "Console_0");
    /// Sends a call to a listener, and waits for the answer: "" or the error's name.
    std::string ask(const char* method, GVariant* arguments, UniqueFd descriptor = {},
                    const std::string& console = "Console_0");
    /// The same for an object of the client, over the connection to it.
    std::string ask_client(const char* path, const char* interface, const char* method,
                           GVariant* arguments, dbus::VariantRef* reply = nullptr);
    /// The same without waiting for an answer.
    void call_client(const char* path, const char* interface, const char* method,
                     GVariant* arguments);
    /// Whom that goes to on a bus: who called last, or somebody else.
    std::string client() const;
    void set_client(std::string unique_name);
    /// All that was told so far is handled by the listener.
    void flush(const std::string& console = "Console_0");
    void close_listener(const std::string& console = "Console_0");

    /// A character device, which is called `name` and, of the newer ones, written as
    /// `encoding` says.
    void add_chardev(const std::string& id, const std::string& name,
                     const std::string& encoding = "");
    /// Writes to whoever has the device, or reads what that one has sent so far.
    void write_chardev(const std::string& id, std::string_view text);
    std::string read_chardev(const std::string& id);
    /// Somebody else, of that unique name, takes it; or nobody has it any more: "".
    void give_chardev(const std::string& id, const std::string& owner);

    void scanout(std::uint32_t width, std::uint32_t height, std::uint32_t colour);
    void update(int x, int y, std::uint32_t width, std::uint32_t height,
                std::uint32_t colour);

private:
    using Objects = std::map<std::string, std::map<std::string, dbus::VariantRef>>;
    struct Withheld {
        dbus::MessageRef call;
        dbus::MessageRef answer;
    };

    void serve(dbus::ConnectionRef connection);
    void changed();
    GDBusMessage* answer(GDBusMessage* message);
    void handle(GDBusMessage* message);
    void set_locked(const std::string& path, const std::string& interface,
                    const std::string& name, GVariant* value);
    void register_chardev(GDBusMessage* message, const std::string& path);
    void register_listener(GDBusMessage* message, const std::string& key);
    void reply(GDBusMessage* message, GVariant* values);
    void refuse_call(GDBusMessage* message, const std::string& error);
    void send(GDBusMessage* message);
    GVariant* managed_objects();
    GVariant* interfaces_of(const std::string& path);
    void emit_about_objects(const char* signal, GVariant* values);
    GVariant* properties_of(const std::string& path, const std::string& interface);
    dbus::ConnectionRef listener(const std::string& key) const;
    static const char* path_of(const std::string& key);
    std::string ask_properties(GDBusConnection* listener, const std::string& key) const;

    const Generation generation_;
    Objects objects_;
    mutable std::mutex mutex_; // guards all below
    std::condition_variable changed_;
    std::string client_; // its unique name on the bus
    dbus::ConnectionRef connection_;
    unsigned filter_ = 0;
    std::map<std::string, std::string> refused_; // by method
    std::set<std::string> withheld_methods_;
    std::vector<Withheld> withheld_;
    std::vector<std::string> calls_;
    std::string last_call_; // to be
    std::map<std::string, dbus::ConnectionRef> listeners_;
    std::vector<std::thread> threads_;
    std::map<std::string, Registered> registered_;
    int registrations_ = 0;
    std::map<std::string, UniqueFd> chardevs_; // our ends, by path
};

} // namespace qio::test
