// What org.qemu.Vnc1 looks like.
#include "ui/tools/qio-vnc/management-interface.hpp"

#include "ui/dbus/variant.hpp"

namespace qio::bridge {

namespace {

constexpr const char* description = R"(<node>
  <interface name="org.qemu.Vnc1.Server">
    <method name="SetPassword"><arg name="password" type="s" direction="in"/></method>
    <method name="ExpirePassword"><arg name="time" type="s" direction="in"/></method>
    <method name="ReloadCertificates"/>
    <method name="AddClient">
      <arg name="socket" type="h" direction="in"/>
      <arg name="skipauth" type="b" direction="in"/>
    </method>
    <signal name="ClientConnected"><arg name="client" type="o"/></signal>
    <signal name="ClientInitialized"><arg name="client" type="o"/></signal>
    <signal name="ClientDisconnected"><arg name="client" type="o"/></signal>
    <signal name="Leaving"><arg name="reason" type="s"/></signal>
    <property name="Name" type="s" access="read"/>
    <property name="Auth" type="s" access="read"/>
    <property name="VencryptSubAuth" type="s" access="read"/>
    <property name="Clients" type="ao" access="read"/>
    <property name="Listeners" type="aa{sv}" access="read"/>
  </interface>
  <interface name="org.qemu.Vnc1.Client">
    <property name="Host" type="s" access="read"/>
    <property name="Service" type="s" access="read"/>
    <property name="Family" type="s" access="read"/>
    <property name="WebSocket" type="b" access="read"/>
    <property name="X509Dname" type="s" access="read"/>
    <property name="SaslUsername" type="s" access="read"/>
    <signal name="ShutdownRequest"/>
    <signal name="ResetRequest"/>
  </interface>
</node>)";

} // namespace

GDBusInterfaceInfo* management_interface(const char* name) {
    using NodeRef = Handle<GDBusNodeInfo, &g_dbus_node_info_unref>;
    static const NodeRef node(g_dbus_node_info_new_for_xml(description, nullptr));
    return g_dbus_node_info_lookup_interface(node.get(), name);
}

} // namespace qio::bridge
