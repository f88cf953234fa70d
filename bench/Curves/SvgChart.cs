using System.Globalization;
using System.Text;

namespace Ringwright.Bench.Curves;

/// <param name="IsGood">The load was carried; else the point is drawn hollow.</param>
internal readonly record struct ChartPoint(double X, double Y, bool IsGood);

internal sealed record ChartLine(string Name, IReadOnlyList<ChartPoint> Points);

/// <summary>
/// A small drawing of a few lines as SVG, with a ground of its own, light or dark as the reader's screen is. Points above the highest good
/// one are drawn at the upper edge with their value: where a curve breaks, it would press all else to the floor.
/// </summary>
internal static class SvgChart
{
    private const int Width = 420, Height = 260, Left = 48, Right = 396, Top = 62, Bottom = 214;
    private const double Headroom = 1.15;

    private const string Style = """
        <style>
        .ground{fill:#fff;stroke:#d0d7de}text{font:12px sans-serif;fill:#24292f}.title{font-weight:bold}.grid{stroke:#d8dee4}
        .line{fill:none;stroke-width:2}.bad{fill:#fff;stroke-width:2}
        .c0{stroke:#0969da}.c1{stroke:#bc4c00}.f0{fill:#0969da}.f1{fill:#bc4c00}
        @media (prefers-color-scheme:dark){
        .ground{fill:#0d1117;stroke:#30363d}text{fill:#e6edf3}.grid{stroke:#30363d}
        .c0{stroke:#58a6ff}.c1{stroke:#f0883e}.f0{fill:#58a6ff}.f1{fill:#f0883e}.bad{fill:#0d1117}}
        </style>
        """;

    /// <param name="title">Of the vertical axis, with its unit.</param>
    /// <param name="across">Of the horizontal one.</param>
    /// <param name="lines">One or two.</param>
    public static string Write(string title, string across, IReadOnlyList<ChartLine> lines)
    {
        var all = lines.SelectMany(line => line.Points).ToList();
        double right = Ceiling(all.Max(p => p.X)), good = all.Where(p => p.IsGood).Select(p => p.Y).DefaultIfEmpty(all.Max(p => p.Y)).Max();
        double top = Ceiling(Math.Max(good * Headroom, double.Epsilon));
        var svg = new StringBuilder();
        void Say(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
        double Across(double x) => Math.Round(Left + x / right * (Right - Left), 1);
        double Up(double y) => Math.Round(Bottom - Math.Min(1, y / top) * (Bottom - Top), 1);

        Say($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" role="img">""");
        Say($"<title>{title} by {across}</title>");
        svg.Append(Style).Append('\n');
        Say($"""<rect class="ground" x=".5" y=".5" width="{Width - 1}" height="{Height - 1}" rx="6"/>""");
        Say($"""<text class="title" x="12" y="20">{title}</text>""");
        for (int i = 0; i <= 4; i++)
        {
            double y = top * i / 4, x = right * i / 4;
            Say($"""<line class="grid" x1="{Left}" x2="{Right}" y1="{Up(y)}" y2="{Up(y)}"/>""");
            Say($"""<text x="{Left - 6}" y="{Up(y) + 4}" text-anchor="end">{y:0.###}</text>""");
            Say($"""<text x="{Across(x)}" y="{Bottom + 18}" text-anchor="middle">{x:0.#}</text>""");
        }
        Say($"""<text x="{(Left + Right) / 2}" y="{Height - 8}" text-anchor="middle">{across}</text>""");
        for (int n = 0; n < lines.Count; n++)
        {
            var points = lines[n].Points;
            Say($"""<text class="f{n}" x="{Right}" y="{20 + 15 * n}" text-anchor="end">{lines[n].Name}</text>""");
            string path = string.Join(' ', points.Select(p => FormattableString.Invariant($"{Across(p.X)},{Up(p.Y)}")));
            Say($"""<polyline class="line c{n}" points="{path}"/>""");
            foreach (var p in points)
            {
                Say($"""<circle class="{(p.IsGood ? $"f{n}" : $"bad c{n}")}" cx="{Across(p.X)}" cy="{Up(p.Y)}" r="4"/>""");
                if (p.Y <= top) continue;
                Say($"""<text class="f{n}" x="{Across(p.X) + 8 - 48 * n}" y="{Top - 9}" text-anchor="end">{p.Y:0.#}</text>""");
            }
        }
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>The next of 1, 2, 3, 4, 5, 6, 8 and 10 times a power of ten.</summary>
    public static double Ceiling(double value)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        foreach (double step in (double[])[1, 2, 3, 4, 5, 6, 8])
            if (value <= step * power * (1 + 1e-9)) return step * power;
        return 10 * power;
    }
}
