// internal: what the machine plays, on its way to the displays.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <vector>

#include "ui/dbus/display-set.hpp"
#include "ui/dbus/incoming.hpp"
#include "ui/dbus/mixer.hpp"
#include "ui/dbus/registration.hpp"
#include "ui/dbus/remote.hpp"
#include "ui/dbus/samples.hpp"

namespace qio::dbus {

/// Answers the calls to org.qemu.Display1.AudioOutListener. Context: GDBus's thread.
class AudioListener final : public CallHandler {
public:
    /// A machine has one stream for each of its sound cards, or a single one.
    static constexpr std::size_t max_streams = 16;

    explicit AudioListener(std::shared_ptr<DisplaySet> displays)
        : displays_(std::move(displays)) {}
    ~AudioListener() override;

    std::optional<Answer> answer(const Call& call) override;

private:
    struct Stream {
        std::uint64_t id = 0;
        SampleFormat format{};
        ui::AudioFormat audio{};
        bool enabled = false;
        std::vector<float> gains{}; // of each channel; without any all are 1
    };

    Answer audio_call(const Call& call);
    Result<void> init(const Call& call);
    Result<void> set_enabled(const Call& call);
    Result<void> set_volume(const Call& call);
    Result<void> write(const Call& call);
    Stream* find(std::uint64_t id);
    void play(const ui::AudioFormat& format, std::span<const float> samples);
    void stop_if_silent();

    const std::shared_ptr<DisplaySet> displays_;
    std::vector<Stream> streams_;
    Mixer mixer_;
};

/// Listens to the machine. As long as the machine does not let us, it is silent.
///
/// Context: the one of the machine.
class AudioOut final {
public:
    /// What the machine has lost or refused is offered again after `retry_after`.
    AudioOut(std::shared_ptr<DisplaySet> displays, std::chrono::milliseconds retry_after);

    /// Until detach(). `remote` is borrowed until then.
    void attach(Remote& remote) { registration_.begin(remote); }
    void detach() { registration_.end(); }

private:
    Registration registration_;
};

} // namespace qio::dbus
