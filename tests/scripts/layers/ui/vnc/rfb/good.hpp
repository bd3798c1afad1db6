// Protocol words.
#pragma once
#include "ui/good.hpp"
