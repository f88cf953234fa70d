using System.Xml.Linq;
using Ringwright.Bench;
using Ringwright.Bench.Curves;
using Ringwright.Bench.Workloads;
using Ringwright.Testing;

namespace Ringwright.Edge.Bench;

/// <summary>The catalogue, and the curves' file and drawings.</summary>
public sealed class CurveTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static CurvePoint Point(int load, double cpu, params string[] faults) => new(load)
    {
        CpuMs = cpu, TickLateMs = 0.1, TicksSkipped = 0, JitterMs = 1, GapMs = 25, TransitMs = null, SetupMs = null, Lost = 0,
        DriverShare = 0.1, DriverLateMs = 1, Faults = faults,
    };

    [Fact]
    public void A_drawing_has_a_line_for_each_curve_and_a_mark_for_each_point()
    {
        var drawing = XDocument.Parse(SvgChart.Write("CPU-ms", "calls",
        [
            new("bridges", [new(50, 0.5, true), new(100, 0.7, true), new(200, 90, false)]),
            new("prompts", [new(50, 0.25, true)]),
        ])).Root!;
        Assert.Equal(2, drawing.Elements(Svg + "polyline").Count());
        var marks = drawing.Elements(Svg + "circle").ToList();
        Assert.Equal(["f0", "f0", "bad c0", "f1"], marks.Select(m => (string?)m.Attribute("class")));
        // 1 is the top: what breaks is drawn at the edge, with its value.
        Assert.Equal(["138", "107.6", "62", "176"], marks.Select(m => (string?)m.Attribute("cy")));
        Assert.Contains(drawing.Elements(Svg + "text"), text => text.Value == "90");
        Assert.All(drawing.Elements(Svg + "circle"), m => Assert.InRange((double)m.Attribute("cx")!, 48, 396));
    }

    [Theory]
    [InlineData(0.07, 0.08), InlineData(1, 1), InlineData(1.01, 2), InlineData(450, 500), InlineData(700, 800), InlineData(9, 10)]
    public void An_axis_ends_at_a_round_number(double value, double end) => Assert.Equal(end, SvgChart.Ceiling(value), 9);

    [Fact]
    public async Task A_file_keeps_the_curves_that_are_not_measured_again()
    {
        using var folder = new TempFolder();
        string file = folder.File("curves.json");
        var stop = TestContext.Current.CancellationToken;
        Dictionary<string, IReadOnlyList<CurvePoint>> first = new() { ["bridges"] = [Point(50, 1), Point(100, 2, "lost")] };
        await CurveFile.KeepAsync(file, first, stop);
        var all = await CurveFile.KeepAsync(file, new Dictionary<string, IReadOnlyList<CurvePoint>> { ["prompts"] = [Point(50, 3)] }, stop);
        Assert.Equal(["bridges", "prompts"], all.Keys.Order());
        Assert.Equal(["", "lost"], all["bridges"].Select(p => p.Failure ?? ""));
        Assert.Equal(["curve-cpu.svg", "curve-gaps.svg", "curve-jitter.svg", "curve-ticks.svg"],
            CurveCharts.Draw(all).Select(c => c.Name).Order(StringComparer.Ordinal));
        await File.WriteAllTextAsync(file, "no JSON", stop);
        await Assert.ThrowsAsync<BenchFailure>(() => CurveFile.KeepAsync(file, all, stop));
    }

    [Fact]
    public void A_point_fails_when_ticks_are_late_or_calls_are_not_as_they_should_be()
    {
        Assert.Null(Point(50, 1).Failure);
        Assert.Equal("3 RTP packets were lost", Point(50, 1, "3 RTP packets were lost").Failure);
        Assert.Equal("a tick in a hundred comes 6.0 ms late", (Point(50, 1) with { TickLateMs = 6 }).Failure);
    }

    [Fact]
    public void Workloads_are_chosen_by_name_with_their_variants()
    {
        Assert.Equal(["W1", "W2", "W3", "W4", "W5"], Catalogue.Choose(null).Select(w => w.Name));
        Assert.Equal(["W1", "W10", "W10-mp3"], Catalogue.Choose("w10, W1").Select(w => w.Name));
        Assert.Equal(["W12-dial"], Catalogue.Choose("W12-dial").Select(w => w.Name));
        Assert.Equal(Catalogue.All, Catalogue.Choose("all"));
        Assert.Throws<BenchFailure>(() => Catalogue.Choose("W99"));
        Assert.Throws<BenchFailure>(() => Curve.Choose("queues"));
    }
}
