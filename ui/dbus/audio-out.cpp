// internal: what the machine plays, on its way to the displays.
#include "ui/dbus/audio-out.hpp"

#include <algorithm>
#include <utility>

#include "ui/dbus/names.hpp"
#include "ui/dbus/properties.hpp"

namespace qio::dbus {

namespace {

std::uint64_t id_of(const Call& call) {
    guint64 id = 0;
    g_variant_get_child(call.arguments, 0, "t", &id);
    return id;
}

Error no_stream() {
    return {ErrorKind::invalid_argument, 0, "there is no such stream"};
}

} // namespace

AudioListener::~AudioListener() {
    displays_->for_each([](ui::Display& display) { display.stop_audio(); });
}

std::optional<Answer> AudioListener::answer(const Call& call) {
    if (call.path != names::audio_out_path)
        return std::nullopt;
    if (call.interface == names::properties)
        return answer_properties(call, names::audio_out, {});
    if (call.interface == names::audio_out)
        return audio_call(call);
    return std::nullopt;
}

Answer AudioListener::audio_call(const Call& call) {
    if (call.is("Init", "(tybbuyuub)"))
        return Answer::from(init(call));
    if (call.is("SetEnabled", "(tb)"))
        return Answer::from(set_enabled(call));
    if (call.is("SetVolume", "(tbay)"))
        return Answer::from(set_volume(call));
    if (call.is("Write", "(tay)"))
        return Answer::from(write(call));
    if (call.is("Fini", "(t)")) {
        const auto id = id_of(call);
        std::erase_if(streams_, [id](const Stream& one) { return one.id == id; });
        mixer_.end(id);
        stop_if_silent();
        return Answer::none();
    }
    return unknown_method(call);
}

AudioListener::Stream* AudioListener::find(std::uint64_t id) {
    const auto found = std::ranges::find(streams_, id, &Stream::id);
    return found == streams_.end() ? nullptr : &*found;
}

void AudioListener::stop_if_silent() {
    if (std::ranges::none_of(streams_, &Stream::enabled))
        displays_->for_each([](ui::Display& display) { display.stop_audio(); });
}

Result<void> AudioListener::init(const Call& call) {
    Stream stream;
    gboolean is_signed, is_float, big_endian;
    std::uint32_t frame_bytes, second_bytes;
    g_variant_get(call.arguments, "(tybbuyuub)", &stream.id, &stream.format.bits,
                  &is_signed, &is_float, &stream.format.rate, &stream.format.channels,
                  &frame_bytes, &second_bytes, &big_endian);
    stream.format.is_signed = is_signed != FALSE;
    stream.format.is_float = is_float != FALSE;
    stream.format.big_endian = big_endian != FALSE;
    stream.audio = QIO_TRY(audio_format(stream.format));
    mixer_.end(stream.id);
    if (auto* known = find(stream.id)) {
        *known = std::move(stream);
        return {};
    }
    if (streams_.size() >= max_streams)
        return Error{ErrorKind::limit, 0, "too many streams"};
    streams_.push_back(std::move(stream));
    return {};
}

Result<void> AudioListener::set_enabled(const Call& call) {
    gboolean enabled = FALSE;
    g_variant_get_child(call.arguments, 1, "b", &enabled);
    auto* stream = find(id_of(call));
    if (!stream)
        return no_stream();
    stream->enabled = enabled != FALSE;
    mixer_.end(stream->id);
    stop_if_silent();
    return {};
}

Result<void> AudioListener::set_volume(const Call& call) {
    gboolean mute = FALSE;
    g_variant_get_child(call.arguments, 1, "b", &mute);
    auto* stream = find(id_of(call));
    if (!stream)
        return no_stream();
    const auto volumes = bytes_of(call.arguments, 2);
    stream->gains.assign(std::size_t(stream->audio.channels), mute ? 0.0f : 1.0f);
    for (std::size_t i = 0; i < std::min(volumes.size(), stream->gains.size()); ++i)
        stream->gains[i] *= float(volumes[i]) / 255.0f;
    return {};
}

Result<void> AudioListener::write(const Call& call) {
    const auto* stream = find(id_of(call));
    if (!stream)
        return no_stream();
    if (!stream->enabled)
        return {};
    const auto is_wanted = [](const ui::Display& display) {
        return display.audio_wanted();
    };
    if (!displays_->any_of(is_wanted)) {
        mixer_.clear();
        play(stream->audio, {}); // that there is sound is to be known
        return {};
    }
    auto samples = samples_of(stream->format, bytes_of(call.arguments, 1));
    for (std::size_t i = 0; !stream->gains.empty() && i < samples.size(); ++i)
        samples[i] *= stream->gains[i % stream->gains.size()];
    const auto chunk = mixer_.play(stream->id, stream->audio, std::move(samples));
    play(chunk.format, chunk.samples);
    return {};
}

void AudioListener::play(const ui::AudioFormat& format, std::span<const float> samples) {
    displays_->for_each([&](ui::Display& display) {
        (void)display.play_audio(format, samples); // the format was checked
    });
}

AudioOut::AudioOut(std::shared_ptr<DisplaySet> displays,
                   std::chrono::milliseconds retry_after)
    : registration_(
          {names::audio_path, names::audio, "RegisterOutListener"}, retry_after,
          [displays] { return std::make_shared<AudioListener>(displays); }, [] {}) {}

} // namespace qio::dbus
