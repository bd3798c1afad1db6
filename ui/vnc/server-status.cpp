// What servers tell about themselves, as text.
#include "ui/vnc/server-status.hpp"

#include <algorithm>
#include <cstdio>

namespace qio::vnc {

namespace {

/// A JSON string. Peers write names and paths: a byte is a character here, whatever it
/// was meant to be.
std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            result += '\\';
            result += c;
        } else if (std::uint8_t(c) < 0x20 || std::uint8_t(c) >= 0x7f) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", unsigned(std::uint8_t(c)));
            result += escape;
        } else {
            result += c;
        }
    }
    return result += '"';
}

const char* truth(bool value) {
    return value ? "true" : "false";
}

std::string address_members(const std::optional<SocketAddress>& address) {
    const auto endpoint = endpoint_of(address);
    return "\"host\":" + quoted(endpoint.host) +
           ",\"service\":" + quoted(endpoint.service) +
           ",\"family\":" + quoted(endpoint.family);
}

std::string json_of(const ListenerInfo& listener) {
    return "{" + address_members(listener.address) +
           ",\"websocket\":" + truth(listener.speak != Speak::rfb) +
           ",\"rfb\":" + truth(listener.speak != Speak::websocket) +
           ",\"tls\":" + truth(listener.has_tls) + "}";
}

std::string json_of(const ClientTraffic& traffic) {
    const auto member = [](const char* name, auto value) {
        return ",\"" + std::string(name) + "\":" + std::to_string(value);
    };
    auto text = "{\"encoding\":" + std::to_string(traffic.encoding) +
                member("updates", traffic.updates) +
                member("sent_bytes", traffic.sent_bytes) +
                member("raw_bytes", traffic.raw_bytes) +
                member("bytes_under_way", traffic.bytes_under_way);
    if (traffic.delay)
        text += member("delay_us", traffic.delay->count());
    if (traffic.bytes_per_second)
        text += member("bytes_per_second", *traffic.bytes_per_second);
    return text + "}";
}

std::string json_of(const ClientInfo& client) {
    std::string text = "{\"id\":" + std::to_string(client.id) + "," +
                       address_members(client.peer) +
                       ",\"websocket\":" + truth(client.is_websocket) +
                       ",\"tls\":" + truth(client.security.encrypted) +
                       ",\"initialized\":" + truth(client.is_initialized) +
                       ",\"shared\":" + truth(client.is_shared) +
                       ",\"view_only\":" + truth(client.role == Role::view) +
                       ",\"control\":" + truth(client.has_control) +
                       ",\"traffic\":" + json_of(client.traffic);
    if (!client.user.empty())
        text += ",\"user\":" + quoted(client.user);
    if (!client.security.peer_dname.empty())
        text += ",\"x509_dname\":" + quoted(client.security.peer_dname);
    return text + "}";
}

/// Whose input counts: "everyone", "nobody", or a client's id.
std::string json_of(const Control& control) {
    if (control.who == Control::Who::client)
        return std::to_string(control.client);
    return control.who == Control::Who::everyone ? "\"everyone\"" : "\"nobody\"";
}

std::string json_of(const DisplayStatus& display);

std::string json_list(const auto& values) {
    std::string text;
    for (const auto& value : values)
        text.append(text.empty() ? "[" : ",").append(json_of(value));
    return text.empty() ? "[]" : text + "]";
}

std::string json_of(const DisplayStatus& display) {
    const auto& info = display.info;
    return "{\"id\":" + quoted(display.id) +
           ",\"enabled\":" + truth(!info.listeners.empty()) +
           ",\"connections\":" + std::to_string(info.connections) +
           ",\"control\":" + json_of(info.control) +
           ",\"server\":" + json_list(info.listeners) +
           ",\"clients\":" + json_list(info.clients) + "}";
}

/// A label's value. Source: Prometheus, exposition formats.
std::string label(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '"' || c == '\\')
            result += '\\';
        result += c == '\n' ? ' ' : c;
    }
    return result;
}

struct Metric {
    const char* name;
    const char* type;
    const char* help;
    std::uint64_t (*value)(const ServerInfo& info);
};

std::uint64_t initialized(const ServerInfo& info) {
    return std::uint64_t(
        std::ranges::count_if(info.clients, &ClientInfo::is_initialized));
}

constexpr Metric metrics[] = {
    {"qio_vnc_clients", "gauge", "Clients that are served.", initialized},
    {"qio_vnc_connecting_clients", "gauge", "Clients in their handshake.",
     [](const ServerInfo& info) { return info.clients.size() - initialized(info); }},
    {"qio_vnc_connections_total", "counter", "Clients so far.",
     [](const ServerInfo& info) { return info.connections; }},
    {"qio_vnc_listeners", "gauge", "Addresses that are listened on.",
     [](const ServerInfo& info) { return std::uint64_t(info.listeners.size()); }},
};

struct ClientMetric {
    const char* name;
    const char* type;
    const char* help;
    /// As text; empty if it is not known.
    std::string (*value)(const ClientInfo& client);
};

constexpr ClientMetric client_metrics[] = {
    {"qio_vnc_client_control", "gauge", "Whether the client's input counts.",
     [](const ClientInfo& client) {
         return std::string(client.has_control ? "1" : "0");
     }},
    {"qio_vnc_client_updates_total", "counter", "Updates with pixels.",
     [](const ClientInfo& client) { return std::to_string(client.traffic.updates); }},
    {"qio_vnc_client_sent_bytes_total", "counter", "Bytes that were sent.",
     [](const ClientInfo& client) { return std::to_string(client.traffic.sent_bytes); }},
    {"qio_vnc_client_raw_bytes_total", "counter", "Bytes of the pixels, unencoded.",
     [](const ClientInfo& client) { return std::to_string(client.traffic.raw_bytes); }},
    {"qio_vnc_client_delay_seconds", "gauge", "Shortest time of an answer.",
     [](const ClientInfo& client) {
         const auto& delay = client.traffic.delay;
         return delay ? std::to_string(double(delay->count()) / 1e6) : std::string();
     }},
    {"qio_vnc_client_bytes_per_second", "gauge", "What the client's link carries.",
     [](const ClientInfo& client) {
         const auto& rate = client.traffic.bytes_per_second;
         return rate ? std::to_string(*rate) : std::string();
     }},
};

void append_head(std::string& text, const auto& metric) {
    text.append("# HELP ").append(metric.name).append(" ").append(metric.help);
    text.append("\n# TYPE ").append(metric.name).append(" ").append(metric.type);
    text += '\n';
}

/// Of clients behind their handshake, of whom there is a bounded number.
void append_client_metrics(std::string& text, const DisplayStatus& display,
                           const ClientMetric& metric) {
    for (const auto& client : display.info.clients) {
        const auto value = client.is_initialized ? metric.value(client) : std::string();
        if (!value.empty())
            text.append(metric.name)
                .append("{display=\"")
                .append(label(display.id))
                .append("\",client=\"")
                .append(std::to_string(client.id))
                .append("\"} ")
                .append(value)
                .append("\n");
    }
}

} // namespace

std::string status_json(std::span<const DisplayStatus> displays) {
    return "{\"displays\":" + json_list(displays) + "}\n";
}

std::string metrics_text(std::span<const DisplayStatus> displays) {
    std::string text;
    for (const auto& metric : metrics) {
        append_head(text, metric);
        for (const auto& display : displays)
            text.append(metric.name)
                .append("{display=\"")
                .append(label(display.id))
                .append("\"} ")
                .append(std::to_string(metric.value(display.info)))
                .append("\n");
    }
    for (const auto& metric : client_metrics) {
        append_head(text, metric);
        for (const auto& display : displays)
            append_client_metrics(text, display, metric);
    }
    return text;
}

} // namespace qio::vnc
