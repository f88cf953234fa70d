using System.Diagnostics.Metrics;

namespace Ringwright.MediaHost.Control;

/// <summary>
/// In the API process: counts on the same meters what a media process has counted on its own.
/// Counters go on when another process takes its place.
/// </summary>
internal sealed class MeterReplay
{
    private readonly double[] _told = new double[Metrics.All.Count];

    /// <summary>False when the frame makes no sense; then nothing was counted.</summary>
    public bool Read(ref FrameReader fields)
    {
        // Read twice: first whether all of it is there.
        var check = fields;
        for (int i = 0; i < _told.Length; i++)
        {
            check.Real();
            int values = check.Count(sizeof(double));
            if (values > 0 && Metrics.All[i] is not Histogram<double>) return false;
            for (; values > 0; values--) check.Real();
        }
        if (!check.IsWhole) return false;
        for (int i = 0; i < _told.Length; i++)
        {
            Tell(i, fields.Real());
            for (int left = fields.Count(sizeof(double)); left > 0; left--) ((Histogram<double>)Metrics.All[i]).Record(fields.Real());
        }
        return true;
    }

    /// <summary>The process is gone, and what it had open with it.</summary>
    public void Reset()
    {
        for (int i = 0; i < _told.Length; i++)
        {
            if (Metrics.All[i] is UpDownCounter<long> open) open.Add(-(long)_told[i]);
            _told[i] = 0;
        }
    }

    private void Tell(int index, double value)
    {
        double news = value - _told[index];
        if (news == 0) return;
        _told[index] = value;
        switch (Metrics.All[index])
        {
            case Counter<long> counter:
                counter.Add((long)news);
                break;
            case UpDownCounter<long> open:
                open.Add((long)news);
                break;
            case Gauge<double> gauge:
                gauge.Record(value);
                break;
        }
    }
}
