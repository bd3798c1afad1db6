// The lowest layer may not look up.
#pragma once
#include "io/core/good.hpp"
