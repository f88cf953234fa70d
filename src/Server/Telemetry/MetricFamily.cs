using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Ringwright.Server.Telemetry;

internal enum MetricKind { Counter, Gauge, Histogram }

/// <summary>One instrument with the series that its tags make.</summary>
internal sealed class MetricFamily
{
    // Seconds; the framework advises bounds of its own for its own instruments.
    private static readonly double[] UsualBounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    /// <summary>Of what is counted together beyond <see cref="MetricStore.MaximumSeries"/>.</summary>
    private const string Overflow = "overflow=\"true\"";

    [ThreadStatic] private static StringBuilder? t_labels;

    private readonly ConcurrentDictionary<string, MetricSeries> _tagged = new(StringComparer.Ordinal);
    /// <summary>The same series by the tags themselves, so that a measurement makes no text. Bounded as they are.</summary>
    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], MetricSeries> _known = new(TagSets.Comparer);
    private readonly double[] _bounds;
    private readonly bool _isSum, _isOurs;
    private MetricSeries? _untagged, _rest;

    public MetricFamily(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        Kind = type == typeof(Histogram<>) ? MetricKind.Histogram
            : type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? MetricKind.Counter
            : MetricKind.Gauge;
        _isSum = type == typeof(Counter<>) || type == typeof(UpDownCounter<>);
        _isOurs = instrument.Meter.Name.StartsWith(MetricStore.Ours, StringComparison.Ordinal);
        _bounds = instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } ? [.. advised] : UsualBounds;
        IsObservable = instrument.IsObservable;
        Name = PrometheusText.NameOf(instrument.Name, instrument.Unit, Kind);
        Description = instrument.Description ?? "";
    }

    public string Name { get; }
    public string Description { get; }
    public MetricKind Kind { get; }
    public bool IsObservable { get; }
    /// <summary>An instrument of the framework's that sums, or a histogram of it: several of one name are parts of a whole.</summary>
    public bool IsAddedUp => !_isOurs && (_isSum || Kind is MetricKind.Histogram);

    /// <summary>
    /// Tag sets as Prometheus writes them (<c>a="b",c="d"</c>), the empty one first. A sum of ours stands at 0 before anything was counted:
    /// what appears with its first event has no increase that an alert could see.
    /// </summary>
    public IEnumerable<(string Labels, MetricSeries Series)> Series()
    {
        if (_untagged is { } untagged) yield return ("", untagged);
        else if (_isSum && _isOurs && _tagged.IsEmpty) yield return ("", New());
        foreach (var (labels, series) in _tagged.OrderBy(t => t.Key, StringComparer.Ordinal)) yield return (labels, series);
        if (_rest is { } rest) yield return (Overflow, rest);
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Find(tags) is not { } series) return;
        if (Kind is MetricKind.Histogram) series.Observe(value);
        else if (_isSum) series.Add(value);
        else series.Set(value);
    }

    /// <summary>Before observable instruments are asked again: what they no longer name is gone.</summary>
    public void Clear()
    {
        _untagged = null;
        _known.Clear();
        _tagged.Clear();
    }

    private MetricSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0) return Made(ref _untagged);
        if (_known.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>().TryGetValue(tags, out var known)) return known;

        var text = t_labels ??= new();
        text.Clear();
        foreach (var (key, value) in tags)
            PrometheusText.AppendLabel(text, key, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
        string labels = text.ToString();
        if (!_tagged.TryGetValue(labels, out var series))
        {
            // Whoever asks for all there is hides nothing that is counted later. Gauges have no sum.
            if (_tagged.Count >= MetricStore.MaximumSeries) return _isSum || Kind is MetricKind.Histogram ? Made(ref _rest) : null;
            series = _tagged.GetOrAdd(labels, _ => New());
        }
        if (_known.Count < MetricStore.MaximumSeries) _known[tags.ToArray()] = series;
        return series;
    }

    private MetricSeries? Made(ref MetricSeries? series) => series ?? Interlocked.CompareExchange(ref series, New(), null) ?? series;

    private MetricSeries New() => new(Kind is MetricKind.Histogram ? _bounds : []);
}

/// <summary>A number, or the buckets of a histogram. Any thread may write.</summary>
internal sealed class MetricSeries(double[] bounds)
{
    private readonly long[] _buckets = new long[bounds.Length];
    private double _value;
    private long _count;

    public IReadOnlyList<double> Bounds => bounds;
    public double Value => Volatile.Read(ref _value);
    public long Count => Volatile.Read(ref _count);

    /// <summary>Observations up to and including the bound.</summary>
    public long UpTo(int bound)
    {
        long sum = 0;
        for (int i = 0; i <= bound; i++) sum += Volatile.Read(ref _buckets[i]);
        return sum;
    }

    /// <summary>Of series with the same bounds.</summary>
    public static MetricSeries SumOf(IReadOnlyList<MetricSeries> parts)
    {
        if (parts.Count == 1) return parts[0];
        var sum = new MetricSeries([.. parts[0].Bounds]);
        foreach (var part in parts)
        {
            for (int i = 0; i < sum._buckets.Length; i++) sum._buckets[i] += Volatile.Read(ref part._buckets[i]);
            sum._count += part.Count;
            sum.Add(part.Value);
        }
        return sum;
    }

    public void Set(double value) => Volatile.Write(ref _value, value);

    public void Add(double value)
    {
        double seen = Volatile.Read(ref _value), was;
        do was = seen;
        while ((seen = Interlocked.CompareExchange(ref _value, was + value, was)).CompareTo(was) != 0);
    }

    public void Observe(double value)
    {
        int bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket]) bucket++;
        if (bucket < bounds.Length) Interlocked.Increment(ref _buckets[bucket]);
        Interlocked.Increment(ref _count);
        Add(value);
    }
}
