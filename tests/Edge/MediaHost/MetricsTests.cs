using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Ringwright.Media;
using Ringwright.MediaHost;

namespace Ringwright.Edge.MediaHost;

public sealed class MetricsTests : IDisposable
{
    private readonly List<(Instrument Instrument, double Value)> _told = [];
    private readonly MeterListener _listener = new();

    public MetricsTests()
    {
        RuntimeHelpers.RunClassConstructor(typeof(Metrics).TypeHandle);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Ringwright.Media") listener.EnableMeasurementEvents(instrument);
        };
        // Other tests' hosts measure too, on threads of their own.
        int here = Environment.CurrentManagedThreadId;
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) =>
        {
            if (Environment.CurrentManagedThreadId == here) _told.Add((instrument, value));
        });
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void Lateness_counts_of_ticks_that_somebody_hears()
    {
        var meters = new Meters(new MediaCounters());
        meters.Ticked(TimeSpan.FromMilliseconds(400), isHeard: false);
        meters.Ticked(TimeSpan.FromMilliseconds(2), isHeard: true);
        meters.Ticked(TimeSpan.FromMilliseconds(30), isHeard: true);
        meters.Flush(openPorts: 0);
        Assert.Equal([0.002, 0.03], _told.Where(t => t.Instrument == Metrics.TickLate).Select(t => t.Value));
        meters.Flush(openPorts: 0);
        Assert.Equal(2, _told.Count(t => t.Instrument == Metrics.TickLate));
    }
}
