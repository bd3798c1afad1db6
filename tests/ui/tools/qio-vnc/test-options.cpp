// The command line of qio-vnc: what is taken, and what is said about the rest.
#include "ui/tools/qio-vnc/options.hpp"

#include <vector>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::bridge;

namespace {

Result<Options> parse(std::vector<const char*> arguments) {
    return parse_options(arguments);
}

const InetAddress& inet(const std::vector<SocketAddress>& addresses) {
    return std::get<InetAddress>(addresses.front());
}

void has_the_usual_defaults(void**) {
    const auto options = parse({});
    assert_true(options.has_value());
    assert_string_equal(options->bus_name.c_str(), "org.qemu");
    assert_true(options->dbus_address.empty());
    assert_false(options->wait || options->peer_fd || options->http || options->sandbox);
    assert_string_equal(inet(options->display.addresses).host.c_str(), "localhost");
    assert_string_equal(inet(options->display.addresses).port.c_str(), "5900");
    assert_true(options->display.websocket_addresses.empty());
    assert_false(options->display.password || options->display.sasl ||
                 options->display.lossy || options->display.non_adaptive);
    assert_true(options->display.share == vnc::SharePolicy::allow_exclusive);
    assert_true(options->terminals == std::vector<std::string>({"serial.0"}));
    assert_false(options->has_terminals);
}

void takes_every_option_in_full(void**) {
    const auto options = parse({"--dbus-address",
                                "unix:path=/run/bus",
                                "--bus-name=org.qemu.two",
                                "--wait",
                                "--vnc-addr",
                                ":7,connections=3",
                                "--websocket=127.0.0.1:5788",
                                "--http",
                                "localhost:6080",
                                "--novnc",
                                "dir",
                                "--host",
                                "a.example",
                                "--host=b",
                                "--path",
                                "VGA=/vm1",
                                "--tls-creds",
                                "pki",
                                "--object",
                                "authz-simple,id=who,identity=CN=a,,b",
                                "--tls-authz",
                                "who",
                                "--sasl",
                                "--sasl-authz",
                                "who",
                                "--password",
                                "--password-file",
                                "secret",
                                "--token-key-file",
                                "key",
                                "--share",
                                "force-shared",
                                "--vt-chardev",
                                "serial.1",
                                "--vt-chardev=hmp.0",
                                "--keyboard-layout",
                                "de",
                                "--lossy",
                                "--non-adaptive",
                                "--sandbox=on",
                                "--trace",
                                "vnc"});
    assert_true(options.has_value());
    assert_string_equal(options->dbus_address.c_str(), "unix:path=/run/bus");
    assert_string_equal(options->bus_name.c_str(), "org.qemu.two");
    assert_true(options->wait);
    assert_string_equal(inet(options->display.addresses).port.c_str(), "5907");
    assert_int_equal(options->display.connections, 3);
    assert_string_equal(inet(options->display.websocket_addresses).port.c_str(), "5788");
    assert_string_equal(std::get<InetAddress>(*options->http).port.c_str(), "6080");
    assert_string_equal(options->novnc_folder->c_str(), "dir");
    assert_true(options->hosts == std::vector<std::string>({"a.example", "b"}));
    assert_true(options->paths == std::vector<ConsolePath>({{"VGA", "/vm1"}}));
    assert_string_equal(options->tls_folder.c_str(), "pki");
    assert_string_equal(options->object("who")->value("identity").c_str(), "CN=a,b");
    assert_string_equal(options->display.tls_authz.c_str(), "who");
    assert_string_equal(options->display.sasl_authz.c_str(), "who");
    assert_true(options->display.sasl && options->display.password);
    assert_string_equal(options->password_file.c_str(), "secret");
    assert_string_equal(options->token_key_file.c_str(), "key");
    assert_true(options->display.share == vnc::SharePolicy::force_shared);
    assert_string_equal(options->keyboard_layout.c_str(), "de");
    assert_true(options->display.lossy && options->display.non_adaptive);
    assert_true(options->terminals == std::vector<std::string>({"serial.1", "hmp.0"}));
    assert_true(options->has_terminals && options->sandbox);
    assert_string_equal(options->trace.c_str(), "vnc");
}

void takes_every_letter(void**) {
    const auto options = parse(
        {"-a", "unix:path=/b", "-norg.q", "-W", "-l", "unix:/run/a,,b", "-won", "-t",
         "pki", "-O", "secret,id=s,data=x", "-s", "ignore", "-N", "-k", "fr", "-Tall"});
    assert_true(options.has_value());
    assert_string_equal(options->dbus_address.c_str(), "unix:path=/b");
    assert_string_equal(options->bus_name.c_str(), "org.q");
    assert_true(options->wait);
    assert_string_equal(
        std::get<UnixAddress>(options->display.addresses.front()).path.c_str(),
        "/run/a,b");
    assert_string_equal(inet(options->display.websocket_addresses).port.c_str(), "5700");
    assert_string_equal(options->keyboard_layout.c_str(), "fr");
    assert_string_equal(options->trace.c_str(), "all");
    assert_true(options->terminals.empty());
    assert_int_equal(*parse({"-p", "7"})->peer_fd, 7);
    assert_true(parse({"-Ca", "-C", "b"})->terminals ==
                std::vector<std::string>({"a", "b"}));
    assert_true(parse({"-h", "-l", "wrong"})->mode == Options::Mode::help);
    assert_true(parse({"-V"})->mode == Options::Mode::version);
}

void options_count_above_the_text_of_the_display(void**) {
    const auto options = parse({"-s", "ignore", "-l", ":0,share=force-shared,lossy=off",
                                "--lossy", "-l", "none,share=force-shared"});
    assert_true(options->display.share == vnc::SharePolicy::ignore);
    assert_true(options->display.lossy);
    assert_true(options->display.addresses.empty());
    assert_true(parse({"-w", "unix:/a,b"})->display.websocket_addresses ==
                std::vector<SocketAddress>({UnixAddress{"/a,b"}}));
}

void says_what_is_wrong_in_one_line(void**) {
    const struct {
        std::vector<const char*> arguments;
        std::string message;
    } table[] = {
        {{"--vnc"}, "--vnc: no such option; qio-vnc --help lists all"},
        {{"-x"}, "-x: no such option; qio-vnc --help lists all"},
        {{"-"}, "-: no such option; qio-vnc --help lists all"},
        {{":0"}, ":0: no such option; qio-vnc --help lists all"},
        {{""}, ": no such option; qio-vnc --help lists all"},
        {{"--share"}, "--share: the value is missing; write --share POLICY"},
        {{"-s"}, "-s: the value is missing; write --share POLICY"},
        {{"--wait=yes"}, "--wait: takes no value; write it alone"},
        {{"-Wx"}, "-W: takes no value; write it alone"},
        {{"-s", "none"},
         "-s none: no such policy; give allow-exclusive, force-shared or ignore"},
        {{"-p", "-1"},
         "-p -1: not a descriptor; give the number of a socket that is open"},
        {{"-p", "3x"},
         "-p 3x: not a descriptor; give the number of a socket that is open"},
        {{"--dbus-address="},
         "--dbus-address: empty; give a value, or leave the option out"},
        {{"-C", ""}, "-C: empty; give a value, or leave the option out"},
        {{"-C", "serial.0", "-N"}, "--no-vt: leave it out, or --vt-chardev"},
        {{"--trace", "nosuch"},
         "--trace nosuch: 'nosuch' is no category; give core, socket, listener, websock, "
         "vnc or all"},
        {{"-Tvnc,,core"},
         "-T vnc,,core: '' is no category; give core, socket, listener, websock, vnc or "
         "all"},
        {{"--sandbox", "yes"}, "--sandbox yes: neither on nor off; give one of them"},
        {{"--path", "VGA"},
         "--path VGA: not CONSOLE=/PATH; give a console and its path, as VGA=/vm1"},
        {{"--path", "VGA=vm1"},
         "--path VGA=vm1: not CONSOLE=/PATH; give a console and its path, as VGA=/vm1"},
        {{"--path", "VGA=/vm1", "--path", "b=/vm2", "--path", "b=/vm1"},
         "--path b=/vm1: the path leads to VGA already; choose another one"},
        {{"--path", "VGA=/"},
         "--path VGA=/: that path has a meaning already; choose another one"},
        {{"--path", "VGA=/websockify"},
         "--path VGA=/websockify: that path has a meaning already; choose another one"},
        {{"--path", "VGA=/display/1"},
         "--path VGA=/display/1: that path has a meaning already; choose another one"},
        {{"-p", "3", "-a", "x"},
         "--dbus-p2p-fd: there is no bus then; leave out --dbus-address"},
        {{"-p", "3", "-W"},
         "--dbus-p2p-fd: its machine is there, and comes once; leave out --wait"},
        {{"--sasl-authz", "who"},
         "--sasl-authz who: no such object; add --object authz-…,id=who"},
        {{"-O", "authz-simple,id=who,identity=a", "--sasl-authz", "who"},
         "--sasl-authz: there is no SASL; add --sasl"},
        {{"-O", "authz-simple,id=who,identity=a", "--tls-authz", "who"},
         "--tls-authz: there is no TLS; add --tls-creds DIR"},
        {{"-l", ":0,tls-creds=t"},
         "tls-creds t: no such object; add --object tls-creds-…,id=t"},
        {{"-O", "secret,id=t,data=x", "-l", ":0,tls-creds=t"},
         "tls-creds t: is of the type secret; name one of tls-creds-…"},
        {{"-O", "tls-creds-anon,id=t", "-t", "pki", "-l", ":0,tls-creds=t"},
         "--tls-creds: -l has tls-creds= already; leave one of them out"},
        {{"-O", "secret,id=s,data=x", "--password-file", "f", "-l",
          ":0,password-secret=s"},
         "--password-file: -l has password-secret= already; leave one of them out"},
        {{"-O", "secret,id=s,data=x", "-O", "secret,id=s,data=x"},
         "-O secret: there is another one of that id; choose another id"},
    };
    for (const auto& row : table) {
        const auto options = parse(row.arguments);
        assert_false(options.has_value());
        assert_true(options.error().kind == ErrorKind::invalid_argument);
        assert_string_equal(options.error().message.c_str(), row.message.c_str());
    }
    const auto begins = [](std::vector<const char*> arguments, const char* with) {
        const auto options = parse(std::move(arguments));
        return !options && options.error().message.starts_with(with) &&
               !options.error().message.contains('\n');
    };
    assert_true(begins({"-l", "5900"}, "--vnc-addr 5900: "));
    assert_true(begins({"-l", ":0,acl=on"}, "--vnc-addr :0,acl=on: "));
    assert_true(begins({"-w", "host"}, "--websocket host: "));
    assert_true(begins({"--http", "6080"}, "--http 6080: "));
}

void reads_objects(void**) {
    const auto object = parse_object("tls-creds-x509,id=t,dir=/a,,b,verify-peer=off");
    assert_true(object.has_value());
    assert_string_equal(object->value("dir").c_str(), "/a,b");
    assert_false(object->is_on("verify-peer", true));
    assert_true(object->is_on("sanity-check", true));
    const struct {
        const char* text;
        const char* message;
    } table[] = {
        {"", ": no such type of object; there are secret, tls-creds-x509, "
             "tls-creds-anon, authz-simple, authz-list-file, authz-pam"},
        {"secret,data=x", "id: the name is missing; add id=NAME"},
        {"secret,id=s", "secret: give either file=PATH or data=TEXT"},
        {"secret,id=s,data=x,file=y", "secret: give either file=PATH or data=TEXT"},
        {"secret,id=s,data=", "data: the value is missing"},
        {"secret,id=s,keyid=k", "keyid: no such key; secret has id, data, file"},
        {"tls-creds-x509,id=t", "dir: is missing; add dir=VALUE"},
        {"tls-creds-x509,id=t,dir=d,verify-peer=maybe", "verify-peer: give on or off"},
        {"tls-creds-anon,id=t,endpoint=client",
         "endpoint: viewers are the clients; give server, or leave it out"},
        {"authz-pam,id=p,", "service: is missing; add service=VALUE"},
    };
    for (const auto& row : table) {
        const auto wrong = parse_object(row.text);
        assert_false(wrong.has_value());
        assert_string_equal(wrong.error().message.c_str(), row.message);
    }
}

void help_names_every_option(void**) {
    for (const char* name : {"-a, --dbus-address",
                             "-p, --dbus-p2p-fd",
                             "-n, --bus-name",
                             "-W, --wait",
                             "-l, --vnc-addr",
                             "-w, --websocket",
                             "--http",
                             "--novnc",
                             "--host",
                             "--path",
                             "-t, --tls-creds",
                             "--tls-authz",
                             "-O, --object",
                             "--sasl",
                             "--sasl-authz",
                             "--password",
                             "--password-file",
                             "--token-key-file",
                             "-s, --share",
                             "-k, --keyboard-layout",
                             "--lossy",
                             "--non-adaptive",
                             "-C, --vt-chardev",
                             "-N, --no-vt",
                             "--sandbox",
                             "-T, --trace",
                             "-V, --version",
                             "-h, --help"})
        assert_true(help_text().contains(name));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(has_the_usual_defaults),
        cmocka_unit_test(takes_every_option_in_full),
        cmocka_unit_test(takes_every_letter),
        cmocka_unit_test(options_count_above_the_text_of_the_display),
        cmocka_unit_test(says_what_is_wrong_in_one_line),
        cmocka_unit_test(reads_objects),
        cmocka_unit_test(help_names_every_option),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
