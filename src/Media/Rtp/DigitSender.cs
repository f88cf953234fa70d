namespace Ringwright.Media.Rtp;

internal enum DigitStep
{
    /// <summary>Nothing to send.</summary>
    Idle,
    /// <summary>A key is down: one event packet in this tick.</summary>
    Event,
    /// <summary>The last packet of an event; three ticks in a row.</summary>
    End,
    /// <summary>A pause or the gap between digits: audio flows.</summary>
    Pause,
    /// <summary>The last digit's gap is over; said once.</summary>
    Done,
}

/// <summary>The schedule of RFC 4733 digits in ticks: key time, three end packets, minimum gap, 'w' (0.5 s) and 'W' (1 s).</summary>
internal sealed class DigitSender
{
    private const int EndPackets = 3;
    /// <summary>Silence between digits, in ticks: 60 ms of end packets and 40 ms more, as receivers of tones need too.</summary>
    private const int GapTicks = 2;

    private string _digits = "";
    private int _position, _keyTicks, _elapsed, _wait;
    private bool _isActive;

    public Guid Id { get; private set; }
    public bool IsActive => _isActive;
    /// <summary>RFC 4733 event code of the key in this step.</summary>
    public byte Event { get; private set; }
    public char Key { get; private set; }
    public bool IsFirst { get; private set; }
    /// <summary>Ticks that the key has been down, this one included.</summary>
    public int HeldTicks { get; private set; }

    public void Start(Guid id, string digits, int milliseconds)
    {
        (Id, _digits, _position, _elapsed, _wait, _isActive) = (id, digits, 0, 0, 0, true);
        int limited = Math.Clamp(milliseconds, Limits.MinimumDigitMilliseconds, Limits.MaximumDigitMilliseconds);
        _keyTicks = (limited + Limits.TickMilliseconds - 1) / Limits.TickMilliseconds;
    }

    /// <summary>The next step is a key's: nothing else is sent in its tick.</summary>
    public bool IsKeyNext
    {
        get
        {
            if (!_isActive || _wait > 0) return false;
            if (_elapsed > 0) return true;
            for (int at = _position; at < Math.Min(_digits.Length, Limits.DigitsPerCommand); at++)
            {
                if (_digits[at] is 'w' or 'W') return false;
                if (TryCode(_digits[at], out _)) return true;
            }
            return false;
        }
    }

    public void Stop() => _isActive = false;

    /// <summary>Says what this tick sends and moves on.</summary>
    public DigitStep Step()
    {
        if (!_isActive) return DigitStep.Idle;
        if (_wait > 0)
        {
            _wait--;
            return DigitStep.Pause;
        }
        while (_elapsed == 0 && _position < Math.Min(_digits.Length, Limits.DigitsPerCommand))
        {
            char symbol = _digits[_position];
            if (symbol is 'w' or 'W')
            {
                _position++;
                _wait = (symbol == 'w' ? 500 : 1000) / Limits.TickMilliseconds - 1;
                return DigitStep.Pause;
            }
            if (TryCode(symbol, out byte code))
            {
                (Event, Key) = (code, char.ToUpperInvariant(symbol));
                break;
            }
            _position++;
        }
        if (_elapsed == 0 && _position >= Math.Min(_digits.Length, Limits.DigitsPerCommand))
        {
            _isActive = false;
            return DigitStep.Done;
        }
        _elapsed++;
        (IsFirst, HeldTicks) = (_elapsed == 1, Math.Min(_elapsed, _keyTicks));
        if (_elapsed < _keyTicks) return DigitStep.Event;
        if (_elapsed < _keyTicks + EndPackets - 1) return DigitStep.End;
        (_elapsed, _wait) = (0, GapTicks);
        _position++;
        return DigitStep.End;
    }

    public static bool TryCode(char symbol, out byte code)
    {
        int index = "0123456789*#ABCD".IndexOf(char.ToUpperInvariant(symbol), StringComparison.Ordinal);
        code = (byte)Math.Max(0, index);
        return index >= 0;
    }
}
