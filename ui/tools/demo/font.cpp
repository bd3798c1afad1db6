// The demo's own typeface, drawn with strokes at any size.
#include "ui/tools/demo/font.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace qio::demo {

namespace {

constexpr float cap_units = 6;   // capitals reach from 0 to 6,
constexpr float low_units = 8;   // descenders to 8
constexpr float gap_units = 2;   // between two characters
constexpr float space_units = 1; // the blank itself
constexpr float digit_units = 4;

/// For each character from ' ' to '~', the points "xy" of lines; a blank starts another
/// line, and a line of one point is a dot.
constexpr std::array<std::string_view, 95> glyphs{
    "",                                    // blank
    "0004 06",                             // !
    "0001 2021",                           // "
    "1016 3036 0242 0444",                 // #
    "413010010213334445361605 2026",       // $
    "4006 0001111000 3545463635",          // %
    "4612011020310405162644",              // &
    "0001",                                // '
    "20020426",                            // (
    "00222406",                            // )
    "2125 0244 4204",                      // *
    "2125 0343",                           // +
    "1507",                                // ,
    "0333",                                // -
    "06",                                  // .
    "4006",                                // /
    "103041453616050110",                  // 0
    "112026 1636",                         // 1
    "01103041420646",                      // 2
    "0110304142334445361605 2333",         // 3
    "36300444",                            // 4
    "400002324345361605",                  // 5
    "413010010516364543321203",            // 6
    "004016",                              // 7
    "103041423313020110 1304051636454433", // 8
    "051636454130100103143443",            // 9
    "02 05",                               // :
    "12 1507",                             // ;
    "310335",                              // <
    "0242 0444",                           // =
    "013305",                              // >
    "01103041422324 26",                   // ?
    "3616050110304144242242",              // @
    "062046 1434",                         // A
    "0333444536060030414233",              // B
    "4130100105163645",                    // C
    "06003041453606",                      // D
    "40000646 0333",                       // E
    "400006 0333",                         // F
    "41301001051636454323",                // G
    "0006 4046 0343",                      // H
    "0020 1016 0626",                      // I
    "4045361605",                          // J
    "0006 4003 0346",                      // K
    "000646",                              // L
    "0600234046",                          // M
    "06004640",                            // N
    "103041453616050110",                  // O
    "06003041423303",                      // P
    "103041453616050110 2446",             // Q
    "06003041423303 2346",                 // R
    "413010010213334445361605",            // S
    "0040 2026",                           // T
    "000516364540",                        // U
    "002640",                              // V
    "0016233640",                          // W
    "0046 4006",                           // X
    "002340 2326",                         // Y
    "00400646",                            // Z
    "20000626",                            // [
    "0046",                                // backslash
    "00202606",                            // ]
    "022042",                              // ^
    "0747",                                // _
    "0011",                                // `
    "4246 4332120305163645",               // a
    "0006 0312324345361605",               // b
    "4332120305163645",                    // c
    "4046 4332120305163645",               // d
    "044443321203051636",                  // e
    "30201116 0232",                       // f
    "4247381807 4332120305163645",         // g
    "0006 0312324346",                     // h
    "00 0206",                             // i
    "10 121708",                           // j
    "0006 320436",                         // k
    "000516",                              // l
    "0206 03122326 2332424346",            // m
    "0206 0312324346",                     // n
    "123243453616050312",                  // o
    "0208 0312324345361605",               // p
    "4248 4332120305163645",               // q
    "0206 031232",                         // r
    "43321203143445361605",                // s
    "10152636 0232",                       // t
    "0205163645 4246",                     // u
    "022642",                              // v
    "0216243642",                          // w
    "0246 4206",                           // x
    "0226 4218",                           // y
    "02420646",                            // z
    "20101203141626",                      // {
    "0007",                                // |
    "00101223141606",                      // }
    "04133443",                            // ~
};

std::string_view glyph_of(char c) {
    return glyphs[std::size_t((c >= ' ' && c <= '~' ? c : '?') - ' ')];
}

float width_of(char c) {
    if (c == ' ')
        return space_units;
    if (c >= '0' && c <= '9')
        return digit_units;
    char widest = '0';
    bool is_x = false;
    for (const char digit : glyph_of(c)) {
        is_x = digit != ' ' && !is_x;
        if (is_x)
            widest = std::max(widest, digit);
    }
    return float(widest - '0');
}

using Line = std::vector<Point>;

Point between(Point from, Point to, float part) {
    return {from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part};
}

/// Whether a line bends softly enough at `at` to be a curve and no corner.
bool is_curve(Point before, Point at, Point after) {
    const float ax = at.x - before.x, ay = at.y - before.y;
    const float bx = after.x - at.x, by = after.y - at.y;
    return ax * bx + ay * by > 0.4F * std::hypot(ax, ay) * std::hypot(bx, by);
}

/// Cuts the soft bends in two, as in Chaikin's curves; a closed line is round all over.
Line rounded(const Line& line) {
    const auto last = line.size() - 1;
    const bool closed = line.front() == line.back();
    Line round;
    for (std::size_t i = 0; i <= last; ++i) {
        const bool inner = i > 0 && i < last;
        const Point before = inner || i == last ? line[i - 1] : line[last - 1];
        const Point after = inner || i == 0 ? line[i + 1] : line[1];
        if ((inner || closed) && is_curve(before, line[i], after)) {
            if (i > 0)
                round.push_back(between(line[i], before, 0.27F));
            if (i < last || closed)
                round.push_back(between(line[i], after, 0.27F));
        } else {
            round.push_back(line[i]);
        }
    }
    return round;
}

Line parsed(std::string_view points) {
    Line line;
    for (; !points.empty(); points.remove_prefix(2))
        line.push_back({float(points[0] - '0'), float(points[1] - '0')});
    return line;
}

/// The lines of a glyph, in units of the typeface.
std::vector<Line> lines_of(std::string_view glyph) {
    std::vector<Line> lines;
    while (!glyph.empty()) {
        const auto points = glyph.substr(0, glyph.find(' '));
        glyph.remove_prefix(std::min(points.size() + 1, glyph.size()));
        auto line = parsed(points);
        if (line.size() > 2)
            line = rounded(rounded(line));
        lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace

float text_width(std::string_view text, float cap_height) {
    float units = 0;
    for (const char c : text)
        units += width_of(c) + gap_units;
    return text.empty() ? 0 : (units - gap_units) * cap_height / cap_units;
}

float descent(float cap_height) {
    return (low_units - cap_units) * cap_height / cap_units;
}

std::vector<Stroke> text_strokes(std::string_view text, Point origin, float cap_height) {
    std::vector<Stroke> strokes;
    const float unit = cap_height / cap_units;
    // Thin enough for small sizes, and never thinner than one pixel.
    const float radius = std::max(unit * 0.42F, 0.5F);
    for (const char c : text) {
        const auto placed = [&](Point point) {
            return Point{origin.x + point.x * unit, origin.y + point.y * unit};
        };
        for (const auto& line : lines_of(glyph_of(c)))
            for (std::size_t i = 0; i < line.size(); ++i)
                if (i > 0 || line.size() == 1)
                    strokes.push_back(
                        {placed(line[i > 0 ? i - 1 : 0]), placed(line[i]), radius});
        origin.x += (width_of(c) + gap_units) * unit;
    }
    return strokes;
}

} // namespace qio::demo
