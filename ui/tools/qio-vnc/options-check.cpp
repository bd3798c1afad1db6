// Whether the options of qio-vnc fit together, and its --help.
#include "ui/tools/qio-vnc/options.hpp"

namespace qio::bridge {

namespace {

Error wrong(std::string_view option, std::string_view problem) {
    return {ErrorKind::invalid_argument, 0,
            std::string(option).append(": ").append(problem)};
}

/// An object that an option names, of a type that begins with `type`.
Result<void> check_reference(const Options& options, std::string_view option,
                             const std::string& id, std::string_view type) {
    if (id.empty())
        return {};
    const auto what = std::string(option).append(" ").append(id);
    const auto* const object = options.object(id);
    if (object == nullptr)
        return wrong(
            what,
            std::string("no such object; add --object ").append(type).append("…,id=") +
                id);
    if (!object->type.starts_with(type))
        return wrong(what, "is of the type " + object->type + "; name one of " +
                               std::string(type) + "…");
    return {};
}

Result<void> check_machine(const Options& options) {
    if (!options.peer_fd)
        return {};
    if (!options.dbus_address.empty())
        return wrong("--dbus-p2p-fd", "there is no bus then; leave out --dbus-address");
    if (options.wait)
        return wrong("--dbus-p2p-fd", "its machine is there, and comes once; leave out "
                                      "--wait");
    return {};
}

Result<void> check_tls(const Options& options) {
    const auto& display = options.display;
    QIO_TRY(check_reference(options, "tls-creds", display.tls_creds, "tls-creds-"));
    QIO_TRY(check_reference(options, "--tls-authz", display.tls_authz, "authz-"));
    if (!display.tls_creds.empty() && !options.tls_folder.empty())
        return wrong("--tls-creds", "-l has tls-creds= already; leave one of them out");
    if (!display.tls_authz.empty() && display.tls_creds.empty() &&
        options.tls_folder.empty())
        return wrong("--tls-authz", "there is no TLS; add --tls-creds DIR");
    return {};
}

Result<void> check_logins(const Options& options) {
    const auto& display = options.display;
    QIO_TRY(
        check_reference(options, "password-secret", display.password_secret, "secret"));
    QIO_TRY(check_reference(options, "--sasl-authz", display.sasl_authz, "authz-"));
    if (!display.sasl_authz.empty() && !display.sasl)
        return wrong("--sasl-authz", "there is no SASL; add --sasl");
    if (!options.password_file.empty() && !display.password_secret.empty())
        return wrong("--password-file", "-l has password-secret= already; leave one of "
                                        "them out");
    return {};
}

} // namespace

Result<void> check_options(const Options& options) {
    QIO_TRY(check_machine(options));
    QIO_TRY(check_tls(options));
    QIO_TRY(check_logins(options));
    return {};
}

std::string_view help_text() {
    return R"(qio-vnc - a VNC server for machines of QEMU with -display dbus

Usage: qio-vnc [OPTION]...

Finds QEMU on D-Bus and shows its screens to VNC viewers, and to browsers. It
ends when QEMU does; QEMU goes on when it ends.

The machine:
  -a, --dbus-address ADDRESS   bus that QEMU is on (the session's)
  -p, --dbus-p2p-fd FD         no bus: QEMU is at the other end of this socket
  -n, --bus-name NAME          QEMU's name on the bus (org.qemu)
  -W, --wait                   wait for QEMU, and for the next one when it ends

Where viewers connect:
  -l, --vnc-addr DISPLAY       as QEMU's -vnc: HOST:N, unix:PATH or none, and
                               options behind commas (localhost:0)
  -w, --websocket ADDRESS      PORT, HOST:PORT, unix:PATH, or on: for noVNC
      --http ADDRESS           HOST:PORT or unix:PATH for everything: a page
                               with noVNC, WebSocket, VNC, /status, /metrics
      --novnc DIR              folder of the noVNC package, with core/rfb.js
                               (/usr/share/novnc, or what is built in)
      --host NAME              a name that browsers use for this machine or its
                               proxy; on the loopback others are refused
      --path CONSOLE=/PATH     one more path to that console, for WebSockets;
                               every console is at /display/N and at /LABEL,
                               every terminal at /display/ID and at /NAME

Who may connect:
  -t, --tls-creds DIR          TLS: DIR has server-cert.pem, server-key.pem and
                               ca-cert.pem
      --tls-authz ID           who may come, by the client's certificate
      --password               a password, set by password-file or over D-Bus
      --password-file FILE     the first line is the password
      --sasl                   SASL, as configured for "qemu"
      --sasl-authz ID          who may come, by the SASL user
      --token-key-file FILE    browsers need a token that this key has signed
  -O, --object OBJECT          what the options name: secret, tls-creds-x509,
                               tls-creds-anon, authz-simple, authz-list-file,
                               authz-pam; as for QEMU: TYPE,id=ID,KEY=VALUE
  -s, --share POLICY           allow-exclusive, force-shared or ignore

How it looks and types:
  -k, --keyboard-layout NAME   the machine's layout, such as de (en-us)
      --lossy                  allow JPEG and video
      --non-adaptive           leave what was sent as JPEG as it is

Terminals, for what the machine says on character devices:
  -C, --vt-chardev NAME        show this one; may be given several times
                               (serial.0, the first serial port)
  -N, --no-vt                  show none

In general:
      --sandbox on|off         lock itself in: no other programs, no new rights
                               (off)
  -T, --trace CATEGORIES       tell what happens: vnc,websock,listener,… or all
  -V, --version                print the version, and end
  -h, --help                   print this, and end

In parentheses: what is used without the option. A password is also read from
$CREDENTIALS_DIRECTORY/vnc-password. SIGHUP reads certificates and passwords
again; Ctrl-C ends it. Exit status: 0 when stopped, or when QEMU has ended; 2
when it could not start.

Example: a machine in the browser, at http://localhost:6080/
  qemu-system-x86_64 -display dbus …
  qio-vnc --http localhost:6080
)";
}

} // namespace qio::bridge
