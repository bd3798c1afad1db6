// Takes the sound that gtk-vnc receives.
#include "tests/interop/gvnc-sound.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/interop/serving.hpp"

namespace qio::interop {

namespace {

// A GObject, since the library's interface is one.
struct Listener {
    GObject parent;
    gboolean has_heard;
};
struct ListenerClass {
    GObjectClass parent;
};

gboolean start(VncAudio*, VncAudioFormat* format) noexcept {
    say("sound starts " + std::to_string(format->format) + " " +
        std::to_string(format->nchannels) + " " + std::to_string(format->frequency));
    return TRUE;
}

gboolean stop(VncAudio*) noexcept {
    say("sound stops");
    return TRUE;
}

gboolean data(VncAudio* audio, VncAudioSample* sample) noexcept {
    auto* listener = reinterpret_cast<Listener*>(audio);
    int largest[2] = {0, 0};
    for (guint32 i = 0; i + 2 <= sample->length; i += 2) {
        std::int16_t value = 0;
        std::memcpy(&value, sample->data + i, 2);
        auto& most = largest[i / 2 % 2];
        most = std::max(most, std::abs(int(value)));
    }
    if (!listener->has_heard && sample->length >= 400 && largest[0] != 0) {
        say("sound " + std::to_string(largest[0]) + " " + std::to_string(largest[1]));
        listener->has_heard = TRUE;
    }
    return TRUE;
}

void init_interface(gpointer made, gpointer) noexcept {
    auto* interface = static_cast<VncAudioInterface*>(made);
    interface->playback_start = &start;
    interface->playback_stop = &stop;
    interface->playback_data = &data;
}

GType listener_type() {
    static const GType type = [] {
        const GType made = g_type_register_static_simple(
            G_TYPE_OBJECT, "QioListener", sizeof(ListenerClass), nullptr,
            sizeof(Listener), nullptr, GTypeFlags(0));
        const GInterfaceInfo info = {&init_interface, nullptr, nullptr};
        g_type_add_interface_static(made, VNC_TYPE_AUDIO, &info);
        return made;
    }();
    return type;
}

} // namespace

void start_listening(VncConnection* connection, const Words& words) {
    const VncAudioFormat format = {guint8(number(words, 1)), guint8(number(words, 2)),
                                   guint32(number(words, 3))};
    auto* listener = static_cast<VncAudio*>(g_object_new(listener_type(), nullptr));
    vnc_connection_set_audio_format(connection, &format);
    vnc_connection_set_audio(connection, listener);
    vnc_connection_audio_enable(connection);
    g_object_unref(listener);
}

} // namespace qio::interop
