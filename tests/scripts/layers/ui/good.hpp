// Display state: knows bytes, no channel.
#pragma once
#include "io/base/good.hpp"
