// May see everything.
#pragma once
#include "io/core/good.hpp"
#include "ui/good.hpp"
