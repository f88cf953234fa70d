using System.Diagnostics.Metrics;
using Ringwright.MediaHost;
using Ringwright.MediaHost.Control;

namespace Ringwright.Edge.MediaHost.Control;

/// <summary>What one process counts is counted by another, whatever is left out on the way.</summary>
public sealed class MeterTests : IDisposable
{
    private readonly MeterRelay _relay = new();
    private readonly MeterReplay _replay = new();
    private readonly MeterListener _listener = new();
    private readonly FrameWriter _writer = new();
    private readonly List<(Instrument Instrument, double Value)> _counted = [];
    private bool _isReplaying;

    public MeterTests()
    {
        // Other tests count too, on other threads; what is looked at here is told by this one.
        int here = Environment.CurrentManagedThreadId;
        foreach (var instrument in Metrics.All) _listener.EnableMeasurementEvents(instrument);
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Note(here, instrument, value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Note(here, instrument, value));
        _listener.Start();
    }

    public void Dispose()
    {
        _relay.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public void A_frame_that_was_left_out_loses_nothing()
    {
        Metrics.RecordingsFailed.Add(2);
        Metrics.TickLate.Record(0.75);
        MeterRelay.Write(_writer, _relay);          // never sent
        Metrics.RecordingsFailed.Add(1);
        Replay(Frame());
        Assert.True(Sum(Metrics.RecordingsFailed) >= 3);
        Assert.Contains(0.75, Values(Metrics.TickLate));
    }

    [Fact]
    public void Values_are_told_once()
    {
        Metrics.TickLate.Record(0.123_456);
        Replay(Frame(), Frame());
        Assert.Single(Values(Metrics.TickLate), v => v == 0.123_456);
    }

    [Fact]
    public void What_a_process_had_open_ends_with_it()
    {
        Metrics.RecordingsActive.Add(3);
        byte[] frame = Frame();
        Metrics.RecordingsActive.Add(-3);
        Replay(frame);
        Assert.True(Sum(Metrics.RecordingsActive) >= 3);
        _isReplaying = true;
        _replay.Reset();
        _isReplaying = false;
        Assert.Equal(0, Sum(Metrics.RecordingsActive));
    }

    [Fact]
    public void Of_more_values_than_can_wait_the_latest_are_told()
    {
        for (int i = 0; i < 10_000; i++) Metrics.TickLate.Record(0.5);
        Metrics.TickLate.Record(0.25);
        Replay(Frame());
        Assert.InRange(Values(Metrics.TickLate).Count(), 1_000, 2_048);
        Assert.Contains(0.25, Values(Metrics.TickLate));
    }

    [Fact]
    public void Noise_is_not_counted()
    {
        var random = new Random(1);
        for (int i = 0; i < 1_000; i++)
        {
            byte[] noise = new byte[random.Next(600)];
            random.NextBytes(noise);
            var fields = new FrameReader(noise);
            Assert.False(_replay.Read(ref fields));
        }
    }

    private byte[] Frame()
    {
        MeterRelay.Write(_writer, _relay);
        _writer.End();
        _relay.Told();
        return _writer.Frame.ToArray();
    }

    /// <summary>Here both ends count on the same meters: the first listens no more by then.</summary>
    private void Replay(params byte[][] frames)
    {
        _relay.Dispose();
        foreach (byte[] frame in frames)
        {
            var fields = new FrameReader(frame.AsSpan(FrameWriter.LengthBytes + 1));
            _isReplaying = true;
            Assert.True(_replay.Read(ref fields));
            _isReplaying = false;
        }
    }

    private void Note(int here, Instrument instrument, double value)
    {
        if (_isReplaying && Environment.CurrentManagedThreadId == here) _counted.Add((instrument, value));
    }

    private double Sum(Instrument instrument) => Values(instrument).Sum();

    private IEnumerable<double> Values(Instrument instrument) => _counted.Where(c => c.Instrument == instrument).Select(c => c.Value);
}
