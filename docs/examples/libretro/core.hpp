// A libretro core: a library that is loaded at run time, and the game that it plays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <libretro-common/libretro.h>

#include <io/base/error.hpp>
#include <io/base/handle.hpp>

/// What a core needs of the program around it.
///
/// Context: all calls come out of the core's own.
class Host {
public:
    virtual ~Host() = default;

    /// Whether frames can have this format from now on.
    virtual bool set_pixel_format(retro_pixel_format format) = 0;
    virtual void show_frame(const void* pixels, int width, int height,
                            std::size_t pitch) = 0;
    /// Stereo, 16 bits.
    virtual void play_audio(std::span<const std::int16_t> samples, int rate) = 0;
    /// What input() tells changes here only.
    virtual void poll_input() = 0;
    virtual std::int16_t input(unsigned device, unsigned index, unsigned id) = 0;
    virtual void set_keyboard(retro_keyboard_event_t callback) = 0;
    /// The machine has switched itself off.
    virtual void shut_down() = 0;
};

/// Context: the thread that has loaded it. One at a time: a core calls back without
/// saying who it is.
class Core {
public:
    /// Errors: not_found (no such library), not_supported (it is no core).
    /// Lifetime: `host` is borrowed.
    static qio::Result<std::unique_ptr<Core>> load(const std::string& library,
                                                   Host& host);
    ~Core();
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    /// Errors: io (the file), not_supported (the core does not want it).
    qio::Result<void> load_game(const std::string& path);
    /// Plays one frame.
    void run();

    const std::string& name() const { return name_; }
    /// Frames in a second.
    double frame_rate() const { return timing_.fps; }

private:
    explicit Core(Host& host) : host_(host) {}
    qio::Result<void> open(const std::string& library);
    template <class Function>
    qio::Result<void> find(const char* name, Function& function);
    void set_callbacks();
    bool environment(unsigned command, void* data);
    bool set_timing(const retro_system_timing& timing);
    void add_samples(const std::int16_t* samples, std::size_t frames);

    // What the library has. Only what is found here is called.
    struct {
        decltype(&retro_api_version) api_version;
        decltype(&retro_set_environment) set_environment;
        decltype(&retro_set_video_refresh) set_video_refresh;
        decltype(&retro_set_audio_sample) set_audio_sample;
        decltype(&retro_set_audio_sample_batch) set_audio_sample_batch;
        decltype(&retro_set_input_poll) set_input_poll;
        decltype(&retro_set_input_state) set_input_state;
        decltype(&retro_init) init;
        decltype(&retro_deinit) deinit;
        decltype(&retro_get_system_info) get_system_info;
        decltype(&retro_get_system_av_info) get_system_av_info;
        decltype(&retro_set_controller_port_device) set_controller_port_device;
        decltype(&retro_load_game) load_game;
        decltype(&retro_unload_game) unload_game;
        decltype(&retro_run) run;
    } call_{};

    static int close_library(void* library);

    Host& host_;
    qio::Handle<void, &Core::close_library> library_; // outlives what is below
    std::string name_, folder_;
    std::string game_; // its bytes, which the core may read as long as it plays
    std::vector<std::int16_t> samples_;
    retro_system_timing timing_{60, 44100};
    bool is_initialized_ = false, has_game_ = false;
};
