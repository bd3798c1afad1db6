// What every layer may include. A word in a comment, such as g_timeout_add(), is no call.
#pragma once
#include <glib.h>
