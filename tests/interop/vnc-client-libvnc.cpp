// A client made of libvncserver's client library, led by lines on standard input.
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>

// Its headers are for C, and not for our warnings.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wundef"
#include <rfb/rfbclient.h>
#pragma GCC diagnostic pop

#include "tests/interop/conversation.hpp"
#include "tests/interop/options.hpp"
#include "tests/interop/serving.hpp"

using namespace qio;
using namespace qio::interop;

namespace {

struct Wishes {
    std::string host = "127.0.0.1", encodings = "raw", password, user, ca, mechanism;
    std::string format = "32"; ///< 32, 16 or 8
    std::size_t port = 0, compression = 2, quality = 6;
    bool jpeg = false, cursor = false;
};

Wishes wishes;
Expectation expectation;

void on_update_finished(rfbClient* client) {
    const auto& format = client->format;
    const ui::PixelFormat ours{
        format.bitsPerPixel, format.depth,    format.bigEndian != 0, true,
        format.redMax,       format.greenMax, format.blueMax,        format.redShift,
        format.greenShift,   format.blueShift};
    expectation.look({client->width, client->height,
                      std::size_t(client->width) * format.bitsPerPixel / 8,
                      reinterpret_cast<const std::byte*>(client->frameBuffer), ours});
}

rfbBool on_size(rfbClient* client) {
    const auto bytes = std::size_t(client->width) * std::size_t(client->height) *
                       client->format.bitsPerPixel / 8;
    std::free(client->frameBuffer);
    client->frameBuffer = static_cast<std::uint8_t*>(std::calloc(bytes, 1));
    say("size " + std::to_string(client->width) + " " + std::to_string(client->height));
    return client->frameBuffer != nullptr;
}

char* on_password_wanted(rfbClient*) {
    return strdup(wishes.password.c_str());
}

/// The library frees what it is given.
rfbCredential* on_credential_wanted(rfbClient*, int type) {
    auto* credential = static_cast<rfbCredential*>(std::calloc(1, sizeof(rfbCredential)));
    if (type == rfbCredentialTypeX509) {
        credential->x509Credential.x509CACertFile = strdup(wishes.ca.c_str());
    } else {
        credential->userCredential.username = strdup(wishes.user.c_str());
        credential->userCredential.password = strdup(wishes.password.c_str());
    }
    return credential;
}

void add_hooks(rfbClient& client) {
    client.MallocFrameBuffer = &on_size;
    client.FinishedFrameBufferUpdate = &on_update_finished;
    client.GetPassword = &on_password_wanted;
    client.GetCredential = &on_credential_wanted;
    client.GetUser = [](rfbClient*) { return strdup(wishes.user.c_str()); };
    client.GetSASLMechanism = [](rfbClient*, char* offered) {
        say(std::string("mechanisms ") + offered);
        return strdup(wishes.mechanism.c_str());
    };
    client.GotXCutText = [](rfbClient*, const char* text, int length) {
        say("cut " + quoted({text, std::size_t(length)}));
    };
    client.Bell = [](rfbClient*) { say("bell"); };
    client.GotCursorShape = [](rfbClient*, int x, int y, int width, int height, int) {
        say("cursor " + std::to_string(width) + "x" + std::to_string(height) + " " +
            std::to_string(x) + "," + std::to_string(y));
    };
    client.HandleXvpMsg = [](rfbClient*, std::uint8_t version, std::uint8_t code) {
        say("power " + std::to_string(version) + " " + std::to_string(code));
    };
}

rfbClient* make_client() {
    const bool is_32 = wishes.format == "32";
    auto* client = rfbGetClient(is_32 ? 8 : 5, 3, is_32 ? 4 : 2);
    if (wishes.format == "8") {
        client->format = {8, 8, 0, 1, 7, 7, 3, 0, 3, 6, 0, 0};
    }
    client->serverHost = strdup(wishes.host.c_str());
    client->serverPort = int(wishes.port);
    client->appData.encodingsString = wishes.encodings.c_str();
    client->appData.compressLevel = int(wishes.compression);
    client->appData.qualityLevel = int(wishes.quality);
    client->appData.enableJPEG = wishes.jpeg;
    client->appData.useRemoteCursor = wishes.cursor;
    client->canHandleNewFBSize = TRUE;
    add_hooks(*client);
    return client;
}

/// SetDesktopSize with one screen, which is all of it; every byte is what we say.
void ask_for_size(rfbClient* client, std::uint16_t width, std::uint16_t height) {
    std::array<char, 24> message{};
    const auto put = [&](std::size_t at, std::uint16_t value) {
        message[at] = char(value >> 8);
        message[at + 1] = char(value);
    };
    message[0] = char(251);
    message[6] = 1; // screens
    for (const std::size_t at : {2, 16}) {
        put(at, width);
        put(at + 2, height);
    }
    WriteToRFBServer(client, message.data(), message.size());
}

Commands commands_of(rfbClient* client) {
    return {
        {"expect",
         [=](const Words& words) {
             expectation.expect(int(number(words, 1)));
             on_update_finished(client);
         }},
        {"key",
         [=](const Words& words) {
             const auto keysym = std::uint32_t(number(words, 1));
             const auto code = std::uint32_t(number(words, 2));
             for (const rfbBool down : {TRUE, FALSE})
                 if (code == 0 || !SendExtendedKeyEvent(client, keysym, code, down))
                     SendKeyEvent(client, keysym, down);
         }},
        {"pointer",
         [=](const Words& words) {
             SendPointerEvent(client, int(number(words, 1)), int(number(words, 2)),
                              int(number(words, 3)));
         }},
        {"cut",
         [=](const Words& words) {
             auto bytes = text(words, 1);
             SendClientCutText(client, bytes.data(), int(bytes.size()));
         }},
        {"resize",
         [=](const Words& words) {
             ask_for_size(client, std::uint16_t(number(words, 1)),
                          std::uint16_t(number(words, 2)));
         }},
        {"power",
         [=](const Words& words) {
             SendXvpMsg(client, 1, std::uint8_t(number(words, 1)));
         }},
    };
}

int run(rfbClient* client) {
    const auto commands = commands_of(client);
    CommandInput input(commands);
    for (;;) {
        // The library keeps bytes of its own, and so is asked first.
        const int ready = WaitForMessage(client, 0);
        if (ready < 0 || (ready > 0 && !HandleRFBServerMessage(client)))
            return say("ended"), 1;
        if (ready > 0)
            continue;
        pollfd waiting[] = {{client->sock, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
        if (poll(waiting, 2, -1) < 0)
            return 1;
        if (waiting[1].revents != 0 && !input.read())
            return 0;
    }
}

} // namespace

int main(int argc, char** argv) {
    Options options("vnc-client-libvnc");
    options.number("--port", wishes.port)
        .text("--host", wishes.host)
        .text("--encodings", wishes.encodings)
        .text("--format", wishes.format)
        .text("--password", wishes.password)
        .text("--user", wishes.user)
        .text("--mechanism", wishes.mechanism)
        .text("--ca", wishes.ca)
        .number("--compression", wishes.compression)
        .number("--quality", wishes.quality)
        .flag("--jpeg", wishes.jpeg)
        .flag("--cursor", wishes.cursor)
        .parse(argc, argv);
    auto* client = make_client();
    if (!rfbInitClient(client, nullptr, nullptr)) // frees it when it fails
        return say("refused"), 1;
    say("connected " + quoted(client->desktopName));
    const int status = run(client);
    std::free(client->frameBuffer);
    rfbClientCleanup(client);
    return status;
}
