// internal: the properties that our own objects show.
#include "ui/dbus/properties.hpp"

#include "ui/dbus/names.hpp"

namespace qio::dbus {

namespace {

GVariant* list_of(std::initializer_list<const char*> texts) {
    return g_variant_new_strv(texts.begin(), gssize(texts.size()));
}

} // namespace

Answer answer_properties(const Call& call, const char* interface,
                         std::initializer_list<const char*> extensions) {
    const char* asked = nullptr;
    const char* property = nullptr;
    if (call.is("GetAll", "(s)")) {
        g_variant_get(call.arguments, "(&s)", &asked);
        GVariantBuilder all;
        g_variant_builder_init(&all, G_VARIANT_TYPE_VARDICT);
        if (std::string_view(asked) == interface)
            g_variant_builder_add(&all, "{sv}", "Interfaces", list_of(extensions));
        return Answer::of(g_variant_new("(a{sv})", &all));
    }
    if (call.is("Get", "(ss)")) {
        g_variant_get(call.arguments, "(&s&s)", &asked, &property);
        if (std::string_view(asked) == interface &&
            std::string_view(property) == "Interfaces")
            return Answer::of(g_variant_new("(v)", list_of(extensions)));
        return Answer::error("org.freedesktop.DBus.Error.UnknownProperty",
                             "there is no such property");
    }
    return unknown_method(call);
}

Answer unknown_method(const Call& call) {
    return Answer::error(names::error_unknown_method,
                         "there is no method " + std::string(call.method) + " " +
                             g_variant_get_type_string(call.arguments));
}

} // namespace qio::dbus
