using System.Diagnostics.Metrics;

namespace Ringwright.MediaHost.Control;

/// <summary>
/// In the media process: keeps what its meters count, so that it can be told. Counters and gauges are told as they stand, so a frame that
/// was left out loses nothing; values of histograms wait for the next frame. Tick threads write here, so nothing locks.
/// </summary>
internal sealed class MeterRelay : IDisposable
{
    private readonly Series[] _series = [.. Metrics.All.Select(instrument => new Series(instrument))];
    private readonly MeterListener _listener = new();

    public MeterRelay()
    {
        _listener.SetMeasurementEventCallback<long>((_, value, _, series) => ((Series)series!).Record(value));
        _listener.SetMeasurementEventCallback<double>((_, value, _, series) => ((Series)series!).Record(value));
        foreach (var series in _series) _listener.EnableMeasurementEvents(series.Instrument, series);
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>All of them, in the order of <see cref="Metrics.All"/>.</summary>
    public static void Write(FrameWriter into, MeterRelay relay)
    {
        into.Begin(FrameKind.Meters);
        foreach (var series in relay._series) series.Write(into);
    }

    /// <summary>What <see cref="Write"/> wrote last is on its way.</summary>
    public void Told()
    {
        foreach (var series in _series) series.Told();
    }

    private sealed class Series(Instrument instrument)
    {
        /// <summary>Those of ten seconds of four tick threads; older ones are lost.</summary>
        private const int MostValues = 2_048;

        private readonly double[]? _values = instrument is Histogram<double> ? new double[MostValues] : null;
        private double _value;
        private long _written, _told, _telling;

        public Instrument Instrument => instrument;

        public void Record(double value)
        {
            if (_values is not null) _values[(Interlocked.Increment(ref _written) - 1) % MostValues] = value;
            else if (instrument is Gauge<double>) Volatile.Write(ref _value, value);
            else Add(value);
        }

        public void Write(FrameWriter into)
        {
            into.Real(Volatile.Read(ref _value));
            _telling = Volatile.Read(ref _written);
            _told = Math.Max(_told, _telling - MostValues);
            into.U16((ushort)(_telling - _told));
            for (long i = _told; i < _telling; i++) into.Real(_values![i % MostValues]);       // only histograms have written any
        }

        public void Told() => _told = _telling;

        private void Add(double value)
        {
            for (double seen = Volatile.Read(ref _value), was; ; seen = was)
            {
                was = Interlocked.CompareExchange(ref _value, seen + value, seen);
                if (was == seen) return;
            }
        }
    }
}
