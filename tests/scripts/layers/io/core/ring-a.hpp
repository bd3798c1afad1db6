// Half of a circle.
#pragma once
#include "io/core/ring-b.hpp"
