using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Ringwright.Server.Telemetry;

/// <summary>
/// Listens to every meter of the program, and to those of the framework that count what the program does not, and keeps the sums for
/// a scrape. A measurement costs one look-up by its tags and allocates nothing.
/// </summary>
internal sealed class MetricStore : IDisposable
{
    /// <summary>
    /// A metric with more tag sets than this counts the further ones as one: a tag that names calls must not eat the memory.
    /// </summary>
    public const int MaximumSeries = 2_000;

    /// <summary>
    /// Requests to customers are counted where they are made; the framework would count each several times, with many tags.
    /// </summary>
    private static readonly FrozenSet<string> Unheard = FrozenSet.Create(StringComparer.Ordinal, "System.Net.Http",
        "System.Net.NameResolution");

    /// <summary>How the names of the program's meters, and of its projects, begin.</summary>
    public const string Ours = "Ringwright.";

    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();
    private readonly MeterListener _listener = new();

    public MetricStore()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Unheard.Contains(instrument.Meter.Name)) return;
            var family = _families.GetOrAdd(instrument, static i => new(i));
            listener.EnableMeasurementEvents(instrument, family);
        };
        // What is over holds nothing any more, and whoever it was of is let go.
        _listener.MeasurementsCompleted = (instrument, _) =>
        {
            if (instrument.IsObservable) _families.TryRemove(instrument, out MetricFamily? _);
        };
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, family) => Record(family, (double)value, tags));
        _listener.Start();
        MakeInstruments();
    }

    /// <summary>Those that projects keep in their class of that name, before their first event: the first scrape has them all.</summary>
    private static void MakeInstruments()
    {
        RuntimeHelpers.RunClassConstructor(typeof(Metrics).TypeHandle);
        foreach (var project in typeof(MetricStore).Assembly.GetReferencedAssemblies())
            if (project.Name!.StartsWith(Ours, StringComparison.Ordinal)        // no reference lacks one
                && Assembly.Load(project).GetType(project.Name + ".Metrics") is { } metrics)
                RuntimeHelpers.RunClassConstructor(metrics.TypeHandle);
    }

    /// <summary>Asks the observable instruments, then returns all families by name.</summary>
    public IReadOnlyList<MetricFamily> Collect()
    {
        foreach (var family in _families.Values)
            if (family.IsObservable) family.Clear();
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException)
        {
            // The owner of an instrument is just going away and its callback failed:
            // the others were asked all the same, that one shows nothing.
        }
        return [.. _families.Values.OrderBy(f => f.Name, StringComparer.Ordinal)];
    }

    public void Dispose() => _listener.Dispose();

    private static void Record(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((MetricFamily)family!).Record(value, tags);
}
