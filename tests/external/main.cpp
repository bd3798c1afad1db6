// A program outside the tree: it sees the installed headers and library, nothing else.
#include <io/base/digest.hpp>

#include <cstdio>

int main() {
    auto digest = qio::sha1(
        qio::as_bytes("dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    auto text = qio::base64_encode(digest);
    std::puts(text.c_str());
    return text == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" ? 0 : 1;
}
