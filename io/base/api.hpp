// Marks what the shared library exports.
#pragma once

/// Put on every class or function that programs outside the library may use.
#define QIO_API [[gnu::visibility("default")]]
