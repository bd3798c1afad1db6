// A path that is not from the root, and one in angle brackets.
#pragma once
#include "good.hpp"
#include <ui/good.hpp>
