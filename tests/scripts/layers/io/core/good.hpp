// Watches are made here.
#pragma once
#include "io/base/good.hpp"
inline void attach(GSource* source) {
    g_source_attach(source, nullptr);
}
