using System.Globalization;
using System.Text;

namespace Ringwright.Server.Telemetry;

/// <summary>Writes metrics in the Prometheus text format 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder(16 * 1024);
        // Two meters may name an instrument alike; Prometheus wants one TYPE line per name.
        foreach (var group in families.GroupBy(f => f.Name, StringComparer.Ordinal))
        {
            var first = group.First();
            if (first.Description.Length > 0)
                text.Append("# HELP ").Append(first.Name).Append(' ').Append(Escaped(first.Description)).Append('\n');
            text.Append("# TYPE ").Append(first.Name).Append(' ').Append(first.Kind.ToString().ToLowerInvariant()).Append('\n');
            foreach (var (labels, series) in SeriesOf([.. group.Where(family => family.Kind == first.Kind)]))
                Append(text, first, labels, series);
        }
        return text.ToString();
    }

    /// <summary>
    /// Each web server has the framework's instruments once more, and the same labels are no second series: Prometheus keeps one of them,
    /// and warns at each scrape. What is added up in each is added up over all.
    /// </summary>
    private static IEnumerable<(string Labels, MetricSeries Series)> SeriesOf(IReadOnlyList<MetricFamily> alike) =>
        alike.Count == 1 || !alike.All(family => family.IsAddedUp) ? alike.SelectMany(family => family.Series())
            : alike.SelectMany(family => family.Series()).GroupBy(one => one.Labels, StringComparer.Ordinal)
                .Select(same => (Labels: same.Key, Series: MetricSeries.SumOf([.. same.Select(one => one.Series)])));

    /// <summary>
    /// <c>ringwright.legs.ended</c> counted is <c>ringwright_legs_ended_total</c>; seconds and bytes are said in the name.
    /// </summary>
    public static string NameOf(string instrument, string? unit, MetricKind kind)
    {
        var name = new StringBuilder(instrument.Length + 16);
        foreach (char c in instrument) name.Append(char.IsAsciiLetterOrDigit(c) || c is '_' or ':' ? c : '_');
        string? suffix = unit switch { "s" => "_seconds", "ms" => "_milliseconds", "By" => "_bytes", _ => null };
        if (suffix is not null && !instrument.EndsWith(suffix[1..], StringComparison.Ordinal)) name.Append(suffix);
        if (kind is MetricKind.Counter && !instrument.EndsWith("total", StringComparison.Ordinal)) name.Append("_total");
        return name.ToString();
    }

    public static void AppendLabel(StringBuilder labels, string name, string value)
    {
        if (labels.Length > 0) labels.Append(',');
        foreach (char c in name) labels.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        labels.Append("=\"").Append(Escaped(value).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
    }

    private static void Append(StringBuilder text, MetricFamily family, string labels, MetricSeries series)
    {
        if (family.Kind is not MetricKind.Histogram)
        {
            Line(text, family.Name, labels, Number(series.Value));
            return;
        }
        string comma = labels.Length > 0 ? "," : "";
        for (int i = 0; i < series.Bounds.Count; i++)
            Line(text, family.Name + "_bucket", $"{labels}{comma}le=\"{Number(series.Bounds[i])}\"", Number(series.UpTo(i)));
        Line(text, family.Name + "_bucket", $"{labels}{comma}le=\"+Inf\"", Number(series.Count));
        Line(text, family.Name + "_sum", labels, Number(series.Value));
        Line(text, family.Name + "_count", labels, Number(series.Count));
    }

    private static void Line(StringBuilder text, string name, string labels, string value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
