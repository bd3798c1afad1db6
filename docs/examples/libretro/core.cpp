// A libretro core: the library, its callbacks, and what it asks of its environment.
#include "core.hpp"

#include <dlfcn.h>

#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <filesystem>

#include <glib.h>

using qio::Error;
using qio::ErrorKind;
using qio::Result;

namespace {

constexpr int stereo = 2;

Core* current = nullptr; // whom the callbacks are for

// What the core reports, in so far as it is something to worry about.
void log(retro_log_level level, const char* format, ...) {
    if (level < RETRO_LOG_WARN)
        return;
    std::va_list arguments;
    va_start(arguments, format);
    std::vfprintf(stderr, format, arguments);
    va_end(arguments);
}

Result<std::string> read_file(const std::string& path) {
    g_autofree char* content = nullptr;
    g_autoptr(GError) error = nullptr;
    gsize size = 0;
    if (!g_file_get_contents(path.c_str(), &content, &size, &error))
        return Error{ErrorKind::io, 0, error->message};
    return std::string(content, size);
}

template <class T>
bool answer(void* data, const T& value) {
    *static_cast<T*>(data) = value;
    return true;
}

} // namespace

int Core::close_library(void* library) {
    return dlclose(library);
}

Result<std::unique_ptr<Core>> Core::load(const std::string& library, Host& host) {
    std::unique_ptr<Core> core(new Core(host));
    QIO_TRY(core->open(library));
    current = core.get();
    core->set_callbacks();
    core->call_.init();
    core->is_initialized_ = true;
    retro_system_info info{};
    core->call_.get_system_info(&info);
    core->name_ = info.library_name ? info.library_name : "libretro";
    return core;
}

Core::~Core() {
    if (has_game_)
        call_.unload_game();
    if (is_initialized_)
        call_.deinit();
    current = nullptr;
}

Result<void> Core::open(const std::string& library) {
    library_.reset(dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL));
    if (!library_)
        return Error{ErrorKind::not_found, 0, dlerror()};
    QIO_TRY(find("retro_api_version", call_.api_version));
    QIO_TRY(find("retro_set_environment", call_.set_environment));
    QIO_TRY(find("retro_set_video_refresh", call_.set_video_refresh));
    QIO_TRY(find("retro_set_audio_sample", call_.set_audio_sample));
    QIO_TRY(find("retro_set_audio_sample_batch", call_.set_audio_sample_batch));
    QIO_TRY(find("retro_set_input_poll", call_.set_input_poll));
    QIO_TRY(find("retro_set_input_state", call_.set_input_state));
    QIO_TRY(find("retro_init", call_.init));
    QIO_TRY(find("retro_deinit", call_.deinit));
    QIO_TRY(find("retro_get_system_info", call_.get_system_info));
    QIO_TRY(find("retro_get_system_av_info", call_.get_system_av_info));
    QIO_TRY(find("retro_set_controller_port_device", call_.set_controller_port_device));
    QIO_TRY(find("retro_load_game", call_.load_game));
    QIO_TRY(find("retro_unload_game", call_.unload_game));
    QIO_TRY(find("retro_run", call_.run));
    if (const auto version = call_.api_version(); version != RETRO_API_VERSION)
        return Error{ErrorKind::not_supported, 0,
                     library + ": speaks version " + std::to_string(version) +
                         " of libretro's interface, not 1"};
    return {};
}

template <class Function>
Result<void> Core::find(const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(library_.get(), name));
    if (!function)
        return Error{ErrorKind::not_supported, 0,
                     std::string("not a libretro core: ") + dlerror()};
    return {};
}

void Core::set_callbacks() {
    call_.set_environment([](unsigned command, void* data) noexcept {
        return current->environment(command, data);
    });
    call_.set_video_refresh([](const void* pixels, unsigned width, unsigned height,
                               std::size_t pitch) noexcept {
        if (pixels) // otherwise the last frame is to be shown again
            current->host_.show_frame(pixels, int(width), int(height), pitch);
    });
    call_.set_audio_sample([](std::int16_t left, std::int16_t right) noexcept {
        const std::int16_t frame[] = {left, right};
        current->add_samples(frame, 1);
    });
    call_.set_audio_sample_batch(
        [](const std::int16_t* samples, std::size_t frames) noexcept {
            current->add_samples(samples, frames);
            return frames;
        });
    call_.set_input_poll([]() noexcept { current->host_.poll_input(); });
    call_.set_input_state(
        [](unsigned port, unsigned device, unsigned index, unsigned id) noexcept {
            return port == 0 ? current->host_.input(device, index, id) : std::int16_t(0);
        });
}

Result<void> Core::load_game(const std::string& path) {
    folder_ = std::filesystem::absolute(path).parent_path();
    retro_system_info info{};
    call_.get_system_info(&info);
    game_ = QIO_TRY(read_file(path));
    const retro_game_info game{path.c_str(), info.need_fullpath ? nullptr : game_.data(),
                               info.need_fullpath ? 0 : game_.size(), nullptr};
    has_game_ = call_.load_game(&game);
    if (!has_game_)
        return Error{ErrorKind::not_supported, 0, path + ": no game for " + name_};
    call_.set_controller_port_device(0, RETRO_DEVICE_JOYPAD);
    retro_system_av_info av{};
    call_.get_system_av_info(&av);
    if (!set_timing(av.timing))
        return Error{ErrorKind::not_supported, 0, name_ + ": impossible timing"};
    return {};
}

void Core::run() {
    call_.run();
    host_.play_audio(samples_, int(std::lround(timing_.sample_rate)));
    samples_.clear();
}

bool Core::set_timing(const retro_system_timing& timing) {
    const bool is_possible = timing.fps >= 1 && timing.fps <= 1000 &&
                             timing.sample_rate >= 0 && timing.sample_rate <= 1e6;
    if (is_possible)
        timing_ = timing;
    return is_possible;
}

// A frame's sound, which run() passes on.
void Core::add_samples(const std::int16_t* samples, std::size_t frames) {
    samples_.insert(samples_.end(), samples, samples + frames * stereo);
}

// What is not here is not supported, and the core does without.
bool Core::environment(unsigned command, void* data) {
    switch (command) {
    case RETRO_ENVIRONMENT_GET_CAN_DUPE:
        return answer(data, true);
    case RETRO_ENVIRONMENT_GET_INPUT_BITMASKS:
        return true;
    case RETRO_ENVIRONMENT_GET_SYSTEM_DIRECTORY:
    case RETRO_ENVIRONMENT_GET_SAVE_DIRECTORY:
        return answer(data, folder_.c_str());
    case RETRO_ENVIRONMENT_GET_LOG_INTERFACE:
        return answer(data, retro_log_callback{&log});
    case RETRO_ENVIRONMENT_SET_MESSAGE:
        std::fprintf(stderr, "%s\n", static_cast<retro_message*>(data)->msg);
        return true;
    case RETRO_ENVIRONMENT_SET_PIXEL_FORMAT:
        return host_.set_pixel_format(*static_cast<retro_pixel_format*>(data));
    case RETRO_ENVIRONMENT_SET_GEOMETRY: // each frame tells its size
        return true;
    case RETRO_ENVIRONMENT_SET_SYSTEM_AV_INFO:
        return set_timing(static_cast<retro_system_av_info*>(data)->timing);
    case RETRO_ENVIRONMENT_SET_KEYBOARD_CALLBACK:
        host_.set_keyboard(static_cast<retro_keyboard_callback*>(data)->callback);
        return true;
    case RETRO_ENVIRONMENT_SHUTDOWN:
        host_.shut_down();
        return true;
    default:
        return false;
    }
}
