// The other half.
#pragma once
#include "io/core/ring-a.hpp"
