// A libretro core that draws what it is told: a front end is right if its viewers see
// that.
//
// The game names the pixel format. A picture has four stripes (red, green, blue, white),
// and below them numbers of 16 bits, a row of cells each, the highest bit at the left;
// white is 1. F1 makes the picture wider, Escape switches the machine off, and a space
// has a tone.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include <libretro-common/libretro.h>

namespace {

constexpr int cell = 4, bits = 16, cell_height = 8, height = 64, padding = 8;
constexpr int sample_rate = 32000, frames_per_second = 50, tone = 500;

retro_environment_t environment;
retro_video_refresh_t show;
retro_audio_sample_t play;
retro_input_poll_t poll;
retro_input_state_t state;

retro_pixel_format format;
int width = cell * bits;
bool odd_frame = false;
unsigned time_passed = 0; // in samples

// What the rows of cells show.
struct {
    std::uint16_t key, character, modifiers, pointer, mouse, buttons, joypad;
} seen;

void on_key(bool down, unsigned key, std::uint32_t character, std::uint16_t modifiers) {
    seen.modifiers = modifiers;
    if (!down)
        return;
    seen.key = std::uint16_t(key);
    seen.character = std::uint16_t(character);
    if (key == RETROK_F1)
        width = cell * bits + 32;
    if (key == RETROK_ESCAPE)
        environment(RETRO_ENVIRONMENT_SHUTDOWN, nullptr);
}

int ask(unsigned device, unsigned id) {
    return state(0, device, 0, id);
}

// The pixel where libretro's -0x7FFF ... 0x7FFF is.
unsigned place(int position, int size) {
    return unsigned((position + 0x7FFF) * (size - 1) + 0x7FFF) / 0xFFFE;
}

void look() {
    poll();
    seen.pointer = std::uint16_t(
        place(ask(RETRO_DEVICE_POINTER, RETRO_DEVICE_ID_POINTER_X), width) << 8 |
        place(ask(RETRO_DEVICE_POINTER, RETRO_DEVICE_ID_POINTER_Y), height));
    const int x = (seen.mouse >> 8) + ask(RETRO_DEVICE_MOUSE, RETRO_DEVICE_ID_MOUSE_X);
    const int y = (seen.mouse & 255) + ask(RETRO_DEVICE_MOUSE, RETRO_DEVICE_ID_MOUSE_Y);
    seen.mouse = std::uint16_t((x & 255) << 8 | (y & 255));
    // Left, right, both wheels, middle ...; and whether the pointer touches.
    seen.buttons =
        std::uint16_t(ask(RETRO_DEVICE_POINTER, RETRO_DEVICE_ID_POINTER_PRESSED) << 15);
    for (unsigned id = RETRO_DEVICE_ID_MOUSE_LEFT; id <= RETRO_DEVICE_ID_MOUSE_BUTTON_5;
         ++id)
        seen.buttons |= std::uint16_t(ask(RETRO_DEVICE_MOUSE, id) << id);
    seen.joypad = std::uint16_t(ask(RETRO_DEVICE_JOYPAD, RETRO_DEVICE_ID_JOYPAD_MASK));
}

std::uint32_t encoded(bool red, bool green, bool blue) {
    switch (format) {
    case RETRO_PIXEL_FORMAT_XRGB8888:
        return (red ? 0xFF0000u : 0) | (green ? 0xFF00u : 0) | (blue ? 0xFFu : 0);
    case RETRO_PIXEL_FORMAT_RGB565:
        return (red ? 0xF800u : 0) | (green ? 0x07E0u : 0) | (blue ? 0x001Fu : 0);
    default:
        return (red ? 0x7C00u : 0) | (green ? 0x03E0u : 0) | (blue ? 0x001Fu : 0);
    }
}

std::uint32_t pixel(int x, int y) {
    const std::uint16_t rows[] = {seen.key,     seen.character, seen.modifiers,
                                  seen.pointer, seen.mouse,     seen.buttons,
                                  seen.joypad};
    if (const int row = y / cell_height; row > 0) {
        const bool bit = x < cell * bits && rows[row - 1] >> (bits - 1 - x / cell) & 1;
        return encoded(bit, bit, bit);
    }
    const int stripe = std::min(x / bits, 3);
    return encoded(stripe == 0 || stripe == 3, stripe == 1 || stripe == 3, stripe >= 2);
}

template <class Pixel>
void draw() {
    std::vector<Pixel> pixels(std::size_t((width + padding) * height), Pixel(0x5555));
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            pixels[std::size_t(y * (width + padding) + x)] = Pixel(pixel(x, y));
    show(pixels.data(), unsigned(width), unsigned(height),
         std::size_t(width + padding) * sizeof(Pixel));
}

} // namespace

void retro_set_environment(retro_environment_t function) {
    environment = function;
}
void retro_set_video_refresh(retro_video_refresh_t function) {
    show = function;
}
void retro_set_audio_sample(retro_audio_sample_t function) {
    play = function;
}
void retro_set_audio_sample_batch(retro_audio_sample_batch_t) {}
void retro_set_input_poll(retro_input_poll_t function) {
    poll = function;
}
void retro_set_input_state(retro_input_state_t function) {
    state = function;
}
void retro_set_controller_port_device(unsigned, unsigned) {}
void retro_init() {}
void retro_deinit() {}
void retro_unload_game() {}

unsigned retro_api_version() {
    return RETRO_API_VERSION;
}

void retro_get_system_info(retro_system_info* info) {
    *info = {"Probe", "1", "txt", false, false};
}

void retro_get_system_av_info(retro_system_av_info* info) {
    *info = {{unsigned(width), height, 256, height, 0}, {frames_per_second, sample_rate}};
}

bool retro_load_game(const retro_game_info* game) {
    const std::string_view text(static_cast<const char*>(game->data), game->size);
    const std::pair<std::string_view, retro_pixel_format> formats[] = {
        {"0RGB1555", RETRO_PIXEL_FORMAT_0RGB1555},
        {"XRGB8888", RETRO_PIXEL_FORMAT_XRGB8888},
        {"RGB565", RETRO_PIXEL_FORMAT_RGB565},
    };
    const auto* found = std::ranges::find_if(
        formats, [&](const auto& entry) { return entry.first == text; });
    if (found == std::end(formats))
        return false;
    format = found->second;
    retro_keyboard_callback keyboard{&on_key};
    return environment(RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &format) &&
           environment(RETRO_ENVIRONMENT_SET_KEYBOARD_CALLBACK, &keyboard);
}

void retro_run() {
    look();
    odd_frame = !odd_frame;
    if (odd_frame) // the others show the last one again
        format == RETRO_PIXEL_FORMAT_XRGB8888 ? draw<std::uint32_t>()
                                              : draw<std::uint16_t>();
    else
        show(nullptr, unsigned(width), unsigned(height), 0);
    const bool is_loud = ask(RETRO_DEVICE_KEYBOARD, RETROK_SPACE) != 0;
    for (int i = 0; i < sample_rate / frames_per_second; ++i) {
        const bool is_high =
            time_passed++ % (sample_rate / tone) < sample_rate / tone / 2;
        const auto sample = std::int16_t(is_loud ? (is_high ? 8000 : -8000) : 0);
        play(sample, sample);
    }
}
