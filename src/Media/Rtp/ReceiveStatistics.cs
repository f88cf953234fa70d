using Ringwright.Core;

namespace Ringwright.Media.Rtp;

/// <summary>What one source sent us: sequence tracking, loss and jitter (RFC 3550 sections 6.4.1, A.1, A.3 and A.8).</summary>
internal sealed class ReceiveStatistics
{
    /// <summary>A jump further than this, ahead or back, is a restarted sequence once two packets in a row agree (A.1).</summary>
    private const int MaximumJump = 3000, MaximumMisorder = 100;

    private int _baseSequence;
    private ushort _highest;
    private int _cycles;
    private int _restartSequence = -1;
    private long _received, _lostBefore, _receivedBefore;
    private long _expectedAtReport, _receivedAtReport;
    private long _transit;
    private bool _hasTransit;
    private int _timedRate;

    public bool IsStarted { get; private set; }
    /// <summary>How often the sequence began anew.</summary>
    public int Restarts { get; private set; }
    public long Received => _receivedBefore + _received;
    public long Lost => _lostBefore + Math.Max(0, Expected - _received);
    /// <summary>In units of the RTP clock.</summary>
    public double Jitter { get; private set; }
    public double JitterMaxMilliseconds { get; private set; }
    public uint ExtendedHighest => (uint)(_cycles + _highest);

    private long Expected => IsStarted ? (long)_cycles + _highest - _baseSequence + 1 : 0;

    /// <summary>Counts a packet. False when its number is so far off that it must be proved by the next one.</summary>
    public bool Count(ushort sequence)
    {
        if (!IsStarted)
        {
            Begin(sequence);
            _received++;
            return true;
        }
        int ahead = (ushort)(sequence - _highest);
        if (ahead < MaximumJump)
        {
            if (sequence < _highest) _cycles += 1 << 16;
            _highest = sequence;
        }
        else if (ahead <= (1 << 16) - MaximumMisorder)
        {
            if (sequence != _restartSequence)
            {
                _restartSequence = (ushort)(sequence + 1);
                return false;
            }
            Restart();
            Begin(sequence);
        }
        _restartSequence = -1;
        _received++;
        return true;
    }

    /// <summary>The number of a packet that was counted, without wraps.</summary>
    public long Extend(ushort sequence) => (long)_cycles + _highest + (short)(sequence - _highest);

    /// <summary>The interarrival jitter; audio packets only, because telephone events repeat a timestamp.</summary>
    public void Time(uint timestamp, Instant arrival, int clockRate)
    {
        if (clockRate != _timedRate)
        {
            // The stream goes on by another clock: what it counted so far cannot be compared.
            if (_timedRate > 0) Jitter *= (double)clockRate / _timedRate;
            (_timedRate, _hasTransit) = (clockRate, false);
        }
        long units = arrival.Nanos / 1000 * clockRate / 1_000_000;
        long transit = (uint)(units - timestamp);
        if (_hasTransit)
        {
            long difference = Math.Abs((long)(int)(uint)(transit - _transit));
            // A pause of the sender's clock (silence suppression, a new source) is no jitter.
            if (difference < clockRate) Jitter += (difference - Jitter) / 16.0;
            JitterMaxMilliseconds = Math.Max(JitterMaxMilliseconds, Jitter * 1000 / clockRate);
        }
        _transit = transit;
        _hasTransit = true;
    }

    /// <summary>Another source or a restarted sequence: what was counted stays counted.</summary>
    public void Restart()
    {
        _lostBefore = Lost;
        _receivedBefore += _received;
        (_received, _cycles, _expectedAtReport, _receivedAtReport) = (0, 0, 0, 0);
        (IsStarted, _hasTransit, _restartSequence) = (false, false, -1);
        Jitter = 0;
        Restarts++;
    }

    public void Reset()
    {
        Restart();
        (_lostBefore, _receivedBefore, JitterMaxMilliseconds) = (0, 0, 0);
    }

    /// <summary>Loss since the last report in 1/256 (A.3), and the cumulative loss clamped to 24 bits.</summary>
    public (byte Fraction, int Cumulative) Report()
    {
        long expected = Expected - _expectedAtReport, received = _received - _receivedAtReport;
        (_expectedAtReport, _receivedAtReport) = (Expected, _received);
        long lost = expected - received;
        byte fraction = expected <= 0 || lost <= 0 ? (byte)0 : (byte)Math.Min(255, (lost << 8) / expected);
        return (fraction, (int)Math.Clamp(Expected - _received, -0x80_0000, 0x7F_FFFF));
    }

    private void Begin(ushort sequence)
    {
        (_baseSequence, _highest, _cycles) = (sequence, sequence, 0);
        IsStarted = true;
    }
}
