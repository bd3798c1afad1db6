// Includes what it may.
#pragma once
#include "io/base/good.hpp"
#include "io/core/good.hpp"
